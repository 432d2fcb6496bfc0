import { subscribe } from 'node:diagnostics_channel';
import { guard } from '../guard.ts';
import type { Library } from './library.ts';
import { SqliteInstrumentation, sqliteSpans } from './sqlite-driver.ts';

const openChannel = 'sightline:better-sqlite3:open';

const instrumentation = new SqliteInstrumentation({
  name: 'better-sqlite3',
  fileOf: (database) => (database as { name?: string }).name,
  sourceOf: (statement) => (statement as { source?: string }).source,
});

export const betterSqlite3: Library = {
  name: 'better-sqlite3',
  packages: ['better-sqlite3'],
  versions: '>=7.0.0',
  source: 'wrapped',
  spans: sqliteSpans,
  injections: [
    {
      module: 'better-sqlite3',
      versions: '>=7.0.0',
      file: 'lib/database.js',
      format: 'commonjs',
      anchor: 'function Database(filenameGiven, options) {',
      function: { functionName: 'Database', kind: 'Sync' },
      channel: openChannel,
      message: '{database:this}',
    },
  ],
  start() {
    subscribe(openChannel, guard('better-sqlite3.open', onOpen));
  },
};

function onOpen(message: unknown): void {
  const { database } = message as { database: object | undefined };
  // Called without `new`, it has no database yet and calls itself again.
  if (database !== undefined) instrumentation.instrument(database);
}
