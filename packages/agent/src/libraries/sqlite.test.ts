import { describe, expect, test } from 'vitest';
import type { NodeMajor } from '../../testing/nodes.ts';
import { runTraced, type ShownSpan } from '../../testing/traced-program.ts';

type Driver = 'libsql' | 'better-sqlite3' | 'node-sqlite';

/** better-sqlite3 13 has no binary for Node 20, and node:sqlite is not in it. */
const matrix: [Driver, string, NodeMajor][] = [
  ['libsql', 'libsql.cjs', 20],
  ['libsql', 'libsql.mjs', 20],
  ['libsql', 'libsql.cjs', 24],
  ['libsql', 'libsql.mjs', 24],
  ['better-sqlite3', 'better-sqlite3.mjs', 22],
  ['better-sqlite3', 'better-sqlite3.cjs', 24],
  ['better-sqlite3', 'better-sqlite3.mjs', 24],
  ['node-sqlite', 'node-sqlite.mjs', 22],
  ['node-sqlite', 'node-sqlite.cjs', 24],
  ['node-sqlite', 'node-sqlite.mjs', 24],
  ['node-sqlite', 'node-sqlite-builtin.cjs', 26],
];

describe.each(matrix)('%s by %s on Node %i', (driver, main, node) => {
  test('leaves a span per executed statement and does not disturb the driver', async () => {
    const { spans, stdout } = await runTraced(`sqlite/${main}`, {
      node,
      nodeArguments: ['--disable-warning=ExperimentalWarning'].slice(node === 20 ? 1 : 0),
    });
    const error = driver === 'node-sqlite' ? 'Error' : 'SqliteError';
    expect(JSON.parse(stdout)).toEqual(['1', '2', 'ada', '2', '1', '2', '1', error, error]);
    expect(spans).toEqual(expectedSpans(driver));
  });
});

function expectedSpans(driver: Driver): ShownSpan[] {
  const insert = statement('INSERT', 'users', 'INSERT INTO users (name) VALUES (?)');
  return [
    statement('CREATE', 'users', 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)', 'CREATE TABLE users'),
    insert,
    insert,
    statement('SELECT', 'users', 'SELECT name FROM users WHERE id = ?'),
    statement('SELECT', 'users', 'SELECT name FROM users WHERE name <> ? AND id > ?'),
    statement('SELECT', 'users', 'SELECT id FROM users'),
    statement('SELECT', 'users', 'SELECT id FROM users LIMIT ?'),
    ...(driver === 'node-sqlite' ? [] : [statement('BEGIN', undefined, 'BEGIN'), insert]),
    ...(driver === 'node-sqlite' ? [] : [statement('COMMIT', undefined, 'COMMIT')]),
    failed(
      statement('SELECT', 'users', 'SELECT nope FROM users'),
      'no such column: nope',
      {
        libsql: 'SQLITE_ERROR',
        'better-sqlite3': 'SQLITE_ERROR',
        'node-sqlite': 'ERR_SQLITE_ERROR',
      }[driver],
    ),
    failed(
      statement('INSERT', 'users', 'INSERT INTO users (id, name) VALUES (1, ?)'),
      'UNIQUE constraint failed: users.id',
      driver === 'node-sqlite' ? 'ERR_SQLITE_ERROR' : 'SQLITE_CONSTRAINT_PRIMARYKEY',
    ),
  ];
}

function statement(operation: string, table: string | undefined, text: string, name?: string): ShownSpan {
  const summary = name ?? (table === undefined ? operation : `${operation} ${table}`);
  return {
    name: summary,
    kind: 'CLIENT',
    attributes: {
      'db.system.name': 'sqlite',
      'db.namespace': 'shop.db',
      'db.operation.name': operation,
      ...(table !== undefined && { 'db.collection.name': table }),
      'db.query.summary': summary,
      'db.query.text': text,
    },
  };
}

function failed(span: ShownSpan, message: string, type: string): ShownSpan {
  return {
    ...span,
    attributes: { ...span.attributes, 'error.type': type },
    status: `error: ${message}`,
    exceptions: [`${type}: ${message}`],
  };
}
