import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Postgres } from '../../../../scripts/postgres.mjs';
import type { NodeMajor } from '../../testing/nodes.ts';
import { connected, database, failed, type PgQuerySpan, queried, waited } from '../../testing/pg-spans.ts';
import { runTraced, type ShownSpan } from '../../testing/traced-program.ts';

let postgres: Postgres;
beforeAll(async () => {
  postgres = await Postgres.start();
});
afterAll(() => postgres.stop());

/** Cursors, streams and what the oldest versions do not have are tried with the newest one. */
const programs: [string, NodeMajor][] = [
  ['pg8/main.mjs', 20],
  ['pg8/main.cjs', 24],
  ['pg8/main.mjs', 26],
  ['v8.11-pg/main.cjs', 22],
  ['v8.11-pg/main.mjs', 24],
  ['v8.0-pg/main.cjs', 20],
  ['v8.0-pg/main.mjs', 24],
];

describe.each(programs)('%s on Node %i', (program, node) => {
  test('leaves a span per query, in the request that it is of, and does not disturb the program', async () => {
    const usual = await runTraced(program, { node, env: { ...postgres.env, OTEL_SDK_DISABLED: 'true' } });
    const { spans, ...traced } = await runTraced(program, { node, env: postgres.env });
    expect({ ...traced, spans: [] }).toEqual(usual);
    expect(ofPostgres(spans)).toEqual([
      ...setUp,
      ...plain,
      ...pooled,
      ...(program.startsWith('pg8') ? newest : []),
      ...failures,
      ...(program.startsWith('pg8') ? failingCursor : []),
      queried({ name: 'DROP TABLE users', text: 'DROP TABLE users' }),
    ]);
  });

  test('runs as ever when the agent fails at every entry, and where nothing is sampled', async () => {
    const usual = await runTraced(program, { node, env: { ...postgres.env, OTEL_SDK_DISABLED: 'true' } });
    const faulty = await runTraced(program, { node, env: { ...postgres.env, SIGHTLINE_TEST_FAULT: '*' } });
    const unsampled = await runTraced(program, { node, env: { ...postgres.env, OTEL_TRACES_SAMPLER: 'always_off' } });
    expect(faulty).toEqual(usual);
    expect(unsampled).toEqual(usual);
  });
});

test.each<NodeMajor>([20, 24])(
  'requests that share a pool keep their queries apart, over a Unix domain socket, on Node %i',
  async (node) => {
    const env = { ...postgres.env, PGHOST: postgres.folder };
    const { spans, stderr } = await runTraced('pg8/concurrent.cjs', { node, env });
    expect(stderr).toBe('');
    const queries = ofPostgres(spans).filter(({ name }) => name === 'SELECT');
    expect(queries).toHaveLength(40 * 2 * 4);
    const strays = queries.filter(({ parent, attributes }) => {
      const path = /of (\S+) \*/.exec(String(attributes['db.query.text']))?.[1];
      return parent !== `SERVER GET ${path}`;
    });
    expect(strays).toEqual([]);
    const { attributes } = queries[0] as ShownSpan;
    expect(attributes['server.address']).toBe(`${postgres.folder}/.s.PGSQL.${postgres.port}`);
    expect(attributes).not.toHaveProperty('server.port');
    expect(spans.filter(({ name }) => name === 'pg.connect')).toHaveLength(2);
  },
);

/** Without those of the requests that the program makes and serves. */
function ofPostgres(spans: readonly ShownSpan[]): ShownSpan[] {
  return spans.filter(({ name }) => name !== 'GET');
}

function of(path: string, ...queries: Omit<PgQuerySpan, 'path'>[]): ShownSpan[] {
  return queries.map((query) => queried({ path, ...query }));
}

const setUp = [
  connected(),
  queried({ name: 'CREATE TABLE users', text: 'CREATE TABLE users (id SERIAL PRIMARY KEY, name TEXT)' }),
];

const byName = { name: 'SELECT users', text: 'SELECT name FROM users WHERE id = $1', rows: 1 };
const byId = { name: 'SELECT users', text: 'SELECT id FROM users WHERE id = $1' };

const plain = [
  ...of('/promise', { name: 'INSERT users', text: 'INSERT INTO users (name) VALUES ($1) RETURNING id', rows: 1 }),
  ...of('/callback', byName, { text: 'SELECT ? AS two', rows: 1 }),
  ...of('/config', byName),
  ...of('/prepared', { ...byId, rows: 1 }, { ...byId, rows: 0 }),
  ...of('/literal', { name: 'UPDATE users', text: 'UPDATE users SET name = ? WHERE id = ?' }),
  ...of('/several', { name: 'SELECT SELECT', text: 'SELECT ?; SELECT ?' }),
  ...of('/queued', { text: 'SELECT ? AS a', rows: 1 }, { text: 'SELECT ? AS b', rows: 1 }),
  ...of(
    '/query-object',
    { name: 'SELECT users', text: 'SELECT name FROM users', rows: 1 },
    { text: 'SELECT ? AS three', rows: 1 },
  ),
];

const pooled = [
  waited('/pool-opens', { max: 1, count: 0 }),
  connected('INTERNAL pg-pool.connect'),
  ...of('/pool-opens', { text: 'SELECT ? AS one', rows: 1 }),
  ...of('/pool', { ...byId, rows: 1 }),
  ...of('/pool-callback', { text: 'SELECT ? AS four', rows: 1 }, { text: 'SELECT ? AS five', rows: 1 }),
  ...of(
    '/transaction',
    { name: 'BEGIN', text: 'BEGIN' },
    { name: 'DELETE users', text: 'DELETE FROM users WHERE id = $1' },
    { name: 'COMMIT', text: 'COMMIT' },
  ),
  waited('/pool-waits', { max: 1, count: 1 }),
  ...of('/pool-waits', { text: 'SELECT ? AS seven', rows: 1 }, { text: 'SELECT ? AS six', rows: 1 }),
  ...of('/checkout', { text: 'SELECT ? AS eight', rows: 1 }),
];

const numbers = { name: 'SELECT generate_series', text: 'SELECT * FROM generate_series(1, $1) AS n' };

const noColumn = { error: '42703', message: 'column "nope" does not exist' };

/** On a connection of the request's own. */
function alone(path: string, ...queries: Omit<PgQuerySpan, 'path'>[]): ShownSpan[] {
  return [connected(`SERVER GET ${path}`), ...of(path, ...queries)];
}

const newest = [
  ...of('/cursor', numbers, { text: 'SELECT ? AS nine', rows: 1 }),
  ...of('/cursor-promise', numbers),
  ...of('/stream', numbers),
  ...of('/stream-events', numbers, { text: 'SELECT ? AS ten', rows: 1 }),
  ...alone(
    '/pipeline',
    { text: 'SELECT ? AS twenty', rows: 1 },
    { text: 'SELECT nope', ...noColumn },
    { text: 'SELECT ? AS twentyone', rows: 1 },
  ),
  waited('/pool-hooks', { max: 1, count: 0 }),
  connected('INTERNAL pg-pool.connect'),
  ...of(
    '/pool-hooks',
    { text: 'SELECT ? AS connected', rows: 1 },
    { text: 'SELECT ? AS verified', rows: 1 },
    { text: 'SELECT ? AS hooked', rows: 1 },
  ),
];

function lost(message: string): { error: string; message: string } {
  return { error: 'Error', message };
}

const refused = ['ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:<port>'] as const;
const nobody = { name: 'pg.connect', kind: 'CLIENT', attributes: database('postgres', 1) };
const nowhere = connected('SERVER GET /no-database');

const failures = [
  ...alone('/fails', { name: 'SELECT users', text: 'SELECT nope FROM users', ...noColumn }),
  ...alone('/fails-callback', { text: 'SELECT nope', ...noColumn }, { text: 'SELECT ? AS eleven', rows: 1 }),
  ...alone('/fails-event', { text: 'SELECT nope', ...noColumn }, { text: 'SELECT ? AS twelve', rows: 1 }),
  ...alone('/callback-throws', { text: 'SELECT ? AS eighteen', rows: 1 }, { text: 'SELECT ? AS nineteen', rows: 1 }),
  ...alone('/unserializable', { text: 'SELECT $1', error: 'RangeError', message: 'cannot be sent' }),
  ...alone('/not-an-array', { text: 'SELECT $1', ...lost('Query values must be an array') }),
  ...alone('/no-query'),
  failed(...refused, { ...nobody, parent: 'SERVER GET /refused' }),
  failed('3D000', 'database "nowhere" does not exist', {
    ...nowhere,
    attributes: { ...nowhere.attributes, 'db.namespace': 'nowhere' },
  }),
  ...alone('/terminated', {
    text: 'SELECT pg_terminate_backend(pg_backend_pid())',
    error: '57P01',
    message: 'terminating connection due to administrator command',
  }),
  ...alone(
    '/socket-lost',
    { text: 'SELECT pg_sleep(?)', ...lost('Connection terminated unexpectedly') },
    { text: 'SELECT ? AS thirteen', ...lost('Connection terminated unexpectedly') },
  ),
  ...alone(
    '/ended',
    { text: 'SELECT pg_sleep(?)', ...lost('Connection terminated') },
    { text: 'SELECT ? AS fourteen', ...lost('Connection terminated') },
    { text: 'SELECT ? AS fifteen', ...lost('Client was closed and is not queryable') },
  ),
  failed(...refused, waited('/pool-refused', { max: 10, count: 0, port: 1 })),
  failed(...refused, { ...nobody, parent: 'INTERNAL pg-pool.connect' }),
  ...alone('/query-timeout', { text: 'SELECT pg_sleep(?)', ...lost('Query read timeout') }),
  waited('/pool-timeout', { max: 1, count: 0 }),
  connected('INTERNAL pg-pool.connect'),
  timedOut(waited('/pool-timeout', { max: 1, count: 1 })),
];

function timedOut(span: ShownSpan): ShownSpan {
  const attributes = { ...span.attributes, 'error.type': 'timeout' };
  return { ...span, attributes, status: 'error: timeout exceeded when trying to connect' };
}

const failingCursor = alone('/cursor-fails', { text: 'SELECT nope', ...noColumn });
