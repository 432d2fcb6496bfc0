/**
 * SQL with its values, as one text for a connection of chdb. The values are query parameters of the engine, which
 * substitutes them for `{name:Type}` after parsing; they only travel as `SET param_name = '…'` in front of the query.
 * chdb's own way to hand over parameters runs one query at a time in the whole process: one slow search would hold up everything.
 * In the literal, letters and digits stand for themselves and every other byte is `\xHH`: nothing
 * that was typed by a person can end it.
 */
/**
 * All in one SET: each statement more costs the engine a quarter of a millisecond.
 * @param settings that hold for the connection from now on
 * @throws TypeError where a placeholder has no value: the connection could still know one of an earlier query
 */
export function boundSql(
  sql: string,
  params: Readonly<Record<string, unknown>>,
  settings: Readonly<Record<string, string>> = {},
): string {
  for (const [, name = ''] of sql.matchAll(/\{(\w+):/g)) {
    if (!Object.hasOwn(params, name)) throw new TypeError(`the query's parameter ${name} has no value`);
  }
  const sets = [
    ...Object.entries(params).map(([name, value]) => `param_${nameOf(name)} = ${literal(textOf(value))}`),
    ...Object.entries(settings).map(([name, value]) => `${nameOf(name)} = ${literal(value)}`),
  ];
  return sets.length === 0 ? sql : `SET ${sets.join(', ')};\n${sql}`;
}

function nameOf(name: string): string {
  if (/^\w+$/.test(name)) return name;
  throw new TypeError(`${JSON.stringify(name)} cannot be the name of a query parameter`);
}

/** As ClickHouse reads a parameter's value: by the rules of TabSeparated. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return escaped(value);
  if (Array.isArray(value)) return `[${value.map(itemText).join(',')}]`;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  throw new TypeError(`a query parameter cannot be ${typeof value}`);
}

function itemText(item: unknown): string {
  return typeof item === 'number' || typeof item === 'bigint' ? String(item) : `'${escaped(String(item))}'`;
}

const escapes: Record<string, string> = {
  '\\': '\\\\',
  "'": "\\'",
  '\0': '\\0',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function escaped(text: string): string {
  return text.replace(/[\\'\0\b\f\n\r\t]/g, (character) => escapes[character] ?? character);
}

/** Where the engine takes no parameter. */
export function literal(text: string): string {
  let digits = '';
  for (const byte of Buffer.from(text)) {
    const isPlain = (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
    digits += isPlain ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return `'${digits}'`;
}
