/** Breaks a query's text into lines before its clauses, for reading; changes nothing but white space. */
export function formatSql(text: string): string {
  const query = text.trim();
  if (query.includes('\n') || query.length < 60) return query;
  return splitQuoted(query)
    .map((part) => (isQuoted(part) ? part : part.replace(clauses, (_, clause: string) => `\n${clause}`)))
    .join('')
    .trim();
}

const clauses =
  /\s+\b(from|where|(?:left |right |inner |full |cross )?(?:outer )?join|group by|having|order by|limit|values|set|returning|union(?: all)?|on conflict)\b/gi;

/** Strings and quoted names apart from the rest, since they are none of our business. */
function splitQuoted(query: string): string[] {
  return query.split(/('(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`)/);
}

function isQuoted(part: string): boolean {
  return /^['"`]/.test(part);
}
