import { subscribe } from 'node:diagnostics_channel';
import { guard } from '../guard.ts';
import type { Library } from './library.ts';
import { SqliteInstrumentation, sqliteSpans } from './sqlite-driver.ts';

const openChannel = 'sightline:libsql:open';
const files = new WeakMap<object, string>();

const instrumentation = new SqliteInstrumentation({
  name: 'libsql',
  fileOf: (database) => files.get(database),
  sourceOf: () => undefined,
});

/** The driver with better-sqlite3's interface; its other one, `libsql/promise`, is left alone. */
export const libsql: Library = {
  name: 'libsql',
  packages: ['libsql'],
  versions: '>=0.4.0',
  source: 'wrapped',
  spans: sqliteSpans,
  injections: [
    {
      module: 'libsql',
      versions: '>=0.4.0',
      file: 'index.js',
      format: 'commonjs',
      anchor: 'constructor(path, opts) {',
      function: { className: 'Database' },
      channel: openChannel,
      message: '{database:this,file:path}',
    },
  ],
  start() {
    subscribe(openChannel, guard('libsql.open', onOpen));
  },
};

function onOpen(message: unknown): void {
  const { database, file } = message as { database: object; file: unknown };
  if (typeof file === 'string') files.set(database, withoutSecrets(file));
  instrumentation.instrument(database);
}

/** A remote database's URL may carry a token. */
function withoutSecrets(file: string): string {
  const query = file.indexOf('?');
  return query === -1 ? file : file.slice(0, query);
}
