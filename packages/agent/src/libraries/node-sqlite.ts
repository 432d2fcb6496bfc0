import { isBuiltin } from 'node:module';
import { builtin } from '../builtin.ts';
import { guard } from '../guard.ts';
import type { Library } from './library.ts';
import { SqliteInstrumentation, sqliteSpans } from './sqlite-driver.ts';

interface Sqlite {
  readonly DatabaseSync: { readonly prototype: object };
}

const instrumentation = new SqliteInstrumentation({
  name: 'node-sqlite',
  fileOf: (database) => fileOf(database as { location?: () => string | null }),
  sourceOf: (statement) => (statement as { sourceSQL?: string }).sourceSQL,
});

/** Loaded only when the program loads it, since Node then prints a warning. */
export const nodeSqlite: Library = {
  name: 'node-sqlite',
  packages: ['node:sqlite'],
  versions: '>=22.5.0',
  source: 'wrapped',
  spans: sqliteSpans,
  ...(isBuiltin('node:sqlite') && { builtins: { 'node:sqlite': guard('node-sqlite.load', onLoad) } }),
  start() {},
};

function onLoad(): void {
  instrumentation.instrument(builtin<Sqlite>('node:sqlite').DatabaseSync.prototype);
}

/** Node tells it from 22.16; a database in memory has no location. */
function fileOf(database: { location?: () => string | null }): string | undefined {
  return database.location === undefined ? undefined : (database.location() ?? ':memory:');
}
