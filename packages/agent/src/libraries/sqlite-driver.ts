/**
 * One CLIENT span per statement that a SQLite driver executes. better-sqlite3, libsql and node:sqlite
 * have the same shape: a database that prepares, statements that run. Their classes are native, so
 * there is no source to add channels to: the methods of their prototypes are wrapped, when the
 * first database is opened and the first statement is prepared.
 */
import { basename } from 'node:path';
import { guard } from '../guard.ts';
import type { AttributeList } from '../tracer/attributes.ts';
import { activeContext } from '../tracer/context.ts';
import { settings } from '../tracer/settings.ts';
import { Tracer } from '../tracer/tracer.ts';
import { endFailed, type MaybeSpan } from './failure.ts';
import type { SpanDoc } from './library.ts';
import { agentScope } from './scope.ts';
import { describeSql, type SqlText } from './sql-text.ts';
import { failed, succeeded, watchRows } from './sqlite-rows.ts';

export const sqliteSpans: readonly SpanDoc[] = [
  {
    name: '`SELECT users`',
    kind: 3,
    when: '`get`, `all`, `run`, `iterate` or `exec` executes a statement; `BEGIN` and `COMMIT` of a transaction too',
    attributes: [
      'db.system.name',
      'db.namespace',
      'db.query.text',
      'db.query.summary',
      'db.operation.name',
      'error.type',
    ],
  },
];

/** How a driver differs. */
export interface SqliteDriver {
  /** The scope's name. */
  readonly name: string;
  /** The file of a database, as far as the driver tells it. */
  fileOf(database: object): string | undefined;
  /** A statement that the driver prepared itself, for a transaction or a pragma. */
  sourceOf(statement: object): string | undefined;
}

interface Query {
  readonly sql: SqlText;
  readonly namespace: string | undefined;
}

type Method = (this: object, ...args: unknown[]) => unknown;
type Methods = Record<string, Method | undefined>;

/** Those of a statement that return when it has been executed. */
const executions = ['get', 'all', 'run'];

export class SqliteInstrumentation {
  readonly #tracer: Tracer;
  readonly #driver: SqliteDriver;
  readonly #queries = new WeakMap<object, Query>();
  readonly #wrapped = new WeakSet<object>();
  /** While a statement runs: libsql's `all` goes through its `iterate`. */
  #isInside = false;

  constructor(driver: SqliteDriver) {
    this.#driver = driver;
    this.#tracer = new Tracer(agentScope(driver.name));
  }

  /** @param prototype of the databases; wrapped once */
  instrument(prototype: object): void {
    const methods = ownerOf(prototype, 'prepare');
    if (methods === undefined || this.#wrapped.has(methods)) return;
    this.#wrapped.add(methods);
    this.#wrapPrepare(methods);
    this.#wrapExecution(methods, 'exec', (database, [sql]) => this.#query(database, sql));
  }

  #wrapPrepare(methods: Methods): void {
    const original = methods.prepare;
    if (original === undefined) return;
    const prepared = guard(`${this.#driver.name}.prepare`, (database: object, sql: unknown, statement: unknown) =>
      this.#onPrepared(database, sql, statement),
    );
    const failed = guard(`${this.#driver.name}.prepareFailed`, (database: object, sql: unknown, error: unknown) => {
      const query = this.#query(database, sql);
      if (query !== undefined) endFailed(this.#start(query), error);
    });
    methods.prepare = function prepare(...args) {
      try {
        const statement = original.apply(this, args);
        prepared(this, args[0], statement);
        return statement;
      } catch (error) {
        failed(this, args[0], error);
        throw error;
      }
    };
  }

  #onPrepared(database: object, sql: unknown, statement: unknown): void {
    if (typeof statement !== 'object' || statement === null) return;
    const query = this.#query(database, sql);
    if (query !== undefined) this.#queries.set(statement, query);
    const methods = ownerOf(statement, 'run');
    if (methods === undefined || this.#wrapped.has(methods)) return;
    this.#wrapped.add(methods);
    for (const name of executions) this.#wrapExecution(methods, name, (target) => this.#queryOf(target));
    this.#wrapIterate(methods);
  }

  #query(database: object, sql: unknown): Query | undefined {
    if (typeof sql !== 'string') return undefined;
    const file = this.#driver.fileOf(database);
    return { sql: describeSql(sql), namespace: file === undefined ? undefined : basename(file) };
  }

  #queryOf(statement: object): Query | undefined {
    const known = this.#queries.get(statement);
    if (known !== undefined) return known;
    const source = this.#driver.sourceOf(statement);
    if (source === undefined) return undefined;
    const { database = statement } = statement as { database?: object };
    const query = this.#query(database, source);
    if (query !== undefined) this.#queries.set(statement, query);
    return query;
  }

  #wrapExecution(
    methods: Methods,
    name: string,
    queryOf: (target: object, args: unknown[]) => Query | undefined,
  ): void {
    const original = methods[name];
    if (original === undefined) return;
    const begin = guard(`${this.#driver.name}.${name}`, (target: object, args: unknown[]) =>
      this.#begin(queryOf(target, args)),
    );
    const leave = (): void => {
      this.#isInside = false;
    };
    methods[name] = {
      [name](this: object, ...args: unknown[]): unknown {
        const span = begin(this, args);
        if (span === undefined) return original.apply(this, args);
        try {
          const result = original.apply(this, args);
          succeeded(span);
          return result;
        } catch (error) {
          failed(span, error);
          throw error;
        } finally {
          leave();
        }
      },
    }[name];
  }

  /** The statement runs while its rows are fetched, so the span ends with the last row, or where the program stops early. */
  #wrapIterate(methods: Methods): void {
    const original = methods.iterate;
    if (original === undefined) return;
    const begin = guard(`${this.#driver.name}.iterate`, (statement: object) =>
      this.#isInside ? undefined : this.#startIfTraced(this.#queryOf(statement)),
    );
    methods.iterate = function iterate(...args) {
      const span = begin(this);
      if (span === undefined) return original.apply(this, args);
      try {
        const rows = original.apply(this, args);
        watchRows(rows, span);
        return rows;
      } catch (error) {
        failed(span, error);
        throw error;
      }
    };
  }

  #begin(query: Query | undefined): MaybeSpan | undefined {
    if (this.#isInside) return undefined;
    const span = this.#startIfTraced(query);
    this.#isInside = span !== undefined;
    return span;
  }

  #startIfTraced(query: Query | undefined): MaybeSpan | undefined {
    return query === undefined || activeContext().isSuppressed ? undefined : this.#start(query);
  }

  #start({ sql, namespace }: Query): MaybeSpan {
    const attributes: AttributeList = ['db.system.name', 'sqlite'];
    if (namespace !== undefined) attributes.push('db.namespace', namespace);
    if (sql.operation !== '') attributes.push('db.operation.name', sql.operation);
    if (sql.collection !== undefined) attributes.push('db.collection.name', sql.collection);
    attributes.push('db.query.summary', sql.summary);
    if (!settings.reducesDetail) attributes.push('db.query.text', sql.text);
    return this.#tracer.startSpan(sql.summary, 3, activeContext(), undefined, attributes);
  }
}

/** The object on the prototype chain that holds the method. */
function ownerOf(object: object, method: string): Methods | undefined {
  for (let at: object | null = object; at !== null; at = Object.getPrototypeOf(at)) {
    if (Object.hasOwn(at, method)) return at as Methods;
  }
  return undefined;
}
