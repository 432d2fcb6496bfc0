/**
 * What a span says of an SQL text: its operation, the tables it names, and the text itself, in which
 * literals give way to `?` unless it has parameters (who uses those has put the values there).
 * One pass over the tokens, no grammar; done once per text.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/db/database-spans/
 */
export interface SqlText {
  /** The span's name: `SELECT users orders`. */
  readonly summary: string;
  readonly text: string;
  /** Upper case. */
  readonly operation: string;
  /** The only table that the text names. */
  readonly collection: string | undefined;
}

const maxSummaryLength = 255;
/** A text beyond this is a bulk insert; the rest would tell nothing. */
const maxTextLength = 8_192;
const maxCached = 1_000;

/** Where the dialects differ in what matters here: `?` is an operator of PostgreSQL's, as is `@`. */
export type SqlDialect = 'sqlite' | 'postgresql';

const caches: Readonly<Record<SqlDialect, Map<string, SqlText>>> = { sqlite: new Map(), postgresql: new Map() };

export function describeSql(sql: string, dialect: SqlDialect = 'sqlite'): SqlText {
  const cache = caches[dialect];
  const known = cache.get(sql);
  if (known !== undefined) return known;
  const described = new SqlScanner(dialect).describe(sql.slice(0, maxTextLength));
  if (sql.length <= maxTextLength) remember(cache, sql, described);
  return described;
}

/** Forgets the oldest, so that a program that builds its texts does not fill memory. */
function remember(cache: Map<string, SqlText>, sql: string, described: SqlText): void {
  if (cache.size >= maxCached) cache.delete(cache.keys().next().value ?? '');
  cache.set(sql, described);
}

const literals = [
  /[eE]'(?:[^'\\]|\\[\s\S]|'')*'?/,
  /(?:[xXbBnN]|[uU]&)?'(?:[^']|'')*'?/,
  // Of PostgreSQL: `$$it's$$`, `$tag$it's$tag$`.
  /\$(?<tag>[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$[\s\S]*?(?:\$\k<tag>\$|$)/,
  /0[xX][\da-fA-F]+|\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?/,
];

const token = new RegExp(
  [
    /(?<comment>--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))/,
    new RegExp(`(?<literal>${literals.map(({ source }) => source).join('|')})`),
    // Of PostgreSQL: the colons are no parameter's.
    /(?<cast>::)/,
    /(?<parameter>\?\d*|[:@$]\w+)/,
    // What is in brackets behind a name is a subscript or an array's elements.
    /(?<name>(?:"[^"]*"?|`[^`]*`?|(?<![\w\]"])\[[A-Za-z_][^\]'",:]*\]|[\w$\u0080-\uffff]+)(?:\.(?:"[^"]*"?|`[^`]*`?|[\w$\u0080-\uffff]+))*)/,
    /(?<space>\s+)/,
    /(?<other>[\s\S])/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

/** The next name is a table's: always, or only in a statement that defines something. */
const beforeTable: ReadonlySet<string> = new Set(['FROM', 'INTO', 'JOIN']);
const beforeDefinition: ReadonlySet<string> = new Set(['TABLE', 'VIEW', 'INDEX', 'TRIGGER']);
const definitions: ReadonlySet<string> = new Set(['CREATE', 'DROP', 'ALTER', 'REFRESH']);
/** These stand between such a word and the name. */
const fillers: ReadonlySet<string> = new Set([
  'IF',
  'NOT',
  'EXISTS',
  'OR',
  'IGNORE',
  'REPLACE',
  'ABORT',
  'FAIL',
  'ROLLBACK',
  'ONLY',
  'LATERAL',
  'CONCURRENTLY',
  'TABLE',
]);
/** A table's name follows them. */
const verbsOfTables: ReadonlySet<string> = new Set(['UPDATE', 'TRUNCATE', 'COPY']);
/** `EXTRACT(year FROM born)`, no table. */
const functionsWithFrom: ReadonlySet<string> = new Set(['EXTRACT', 'SUBSTRING', 'TRIM', 'OVERLAY']);
const endOfFrom: ReadonlySet<string> = new Set([
  'WHERE',
  'ON',
  'USING',
  'GROUP',
  'ORDER',
  'LIMIT',
  'HAVING',
  'SET',
  'VALUES',
  'UNION',
  'RETURNING',
]);

class SqlScanner {
  readonly #dialect: SqlDialect;
  readonly #summary: string[] = [];
  readonly #tables: string[] = [];
  /** Names that the text itself defines: `WITH recent AS (…)`. */
  readonly #defined = new Set<string>();
  #text = '';
  #hasParameters = false;
  /** The word that the statement begins with; empty before it. */
  #verb = '';
  #depth = 0;
  /** By nesting: whether a comma separates tables. */
  readonly #inFrom: boolean[] = [];
  /** By nesting: whether a FROM separates a function's arguments. */
  readonly #inFunction: boolean[] = [];
  #awaitsTable = false;
  #last = '';

  constructor(dialect: SqlDialect) {
    this.#dialect = dialect;
  }

  describe(sql: string): SqlText {
    for (const { 0: part, groups = {} } of sql.matchAll(token)) this.#read(part, groups);
    const [table] = this.#tables;
    return {
      summary: this.#summary.join(' ').slice(0, maxSummaryLength) || 'SQL',
      text: (this.#hasParameters ? sql : this.#text).trim(),
      operation: this.#summary[0] ?? '',
      collection: this.#tables.every((name) => name === table) ? table : undefined,
    };
  }

  #read(part: string, groups: Record<string, string | undefined>): void {
    this.#text += groups.literal === undefined ? part : '?';
    if (groups.comment !== undefined || groups.space !== undefined) return;
    if (groups.parameter !== undefined && this.#isParameter(part)) this.#hasParameters = true;
    if (groups.name !== undefined) this.#readName(part);
    else this.#readSign(part);
    this.#last = part;
  }

  #isParameter(part: string): boolean {
    return this.#dialect === 'sqlite' || part.startsWith('$');
  }

  #readName(name: string): void {
    const word = name.toUpperCase();
    if (this.#awaitsTable && !fillers.has(word) && word !== 'SELECT') this.#addTable(unquote(name));
    else if (this.#isVerb(word)) this.#begin(word);
    else this.#readKeyword(word);
  }

  /** SELECT begins a query anywhere; other verbs stand first, or behind the definitions of a WITH. */
  #isVerb(word: string): boolean {
    if (word === 'SELECT' || this.#verb === '') return true;
    return this.#verb === 'WITH' && this.#depth === 0 && this.#last === ')';
  }

  #begin(word: string): void {
    if (this.#depth === 0 || this.#verb === '') this.#verb = word;
    if (word !== 'WITH') this.#summary.push(word);
    this.#awaitsTable = verbsOfTables.has(word);
    this.#inFrom[this.#depth] = false;
  }

  #readKeyword(word: string): void {
    if (word === 'AS' && this.#verb === 'WITH') this.#defined.add(unquote(this.#last));
    if (endOfFrom.has(word)) this.#inFrom[this.#depth] = false;
    if (beforeTable.has(word) && !this.#isOtherFrom(word)) this.#expectTable(word);
    if (!beforeDefinition.has(word) || !definitions.has(this.#verb)) return;
    this.#summary.push(word);
    this.#awaitsTable = true;
  }

  /** `IS DISTINCT FROM x`, `COPY users FROM STDIN`, and inside functions. */
  #isOtherFrom(word: string): boolean {
    if (word !== 'FROM') return false;
    const isOfCopy = this.#verb === 'COPY' && this.#depth === 0;
    return isOfCopy || this.#inFunction[this.#depth] === true || this.#last.toUpperCase() === 'DISTINCT';
  }

  #expectTable(word: string): void {
    this.#awaitsTable = true;
    if (word === 'FROM') this.#inFrom[this.#depth] = true;
  }

  #addTable(name: string): void {
    this.#awaitsTable = false;
    if (this.#defined.has(name)) return;
    this.#summary.push(name);
    this.#tables.push(name);
  }

  #readSign(sign: string): void {
    if (sign === '(') this.#open();
    else if (sign === ')') this.#depth = Math.max(0, this.#depth - 1);
    this.#awaitsTable = sign === ',' && this.#inFrom[this.#depth] === true;
    if (sign === ';') this.#verb = '';
  }

  #open(): void {
    this.#depth++;
    this.#inFrom[this.#depth] = false;
    this.#inFunction[this.#depth] = functionsWithFrom.has(this.#last.toUpperCase());
  }
}

function unquote(name: string): string {
  return name.replace(/["`[\]]/g, '');
}
