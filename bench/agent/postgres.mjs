// The tables that the programs ask, in a PostgreSQL on the core that the programs do not run on.
import { Postgres } from '../../scripts/postgres.mjs';
import { canPin, otherCore } from './processes.mjs';

const tables = `
  CREATE TABLE users AS SELECT id, 'user ' || id AS name FROM generate_series(1, 1000) id;
  ALTER TABLE users ADD PRIMARY KEY (id);
  CREATE TABLE orders AS SELECT id, id % 1000 + 1 AS user_id, id * 3 AS total FROM generate_series(1, 5000) id;
  CREATE INDEX ON orders (user_id, id);
  ANALYZE;`;

export async function startPostgres() {
  const launcher = canPin ? ['taskset', '-c', String(otherCore)] : [];
  const postgres = await Postgres.start({ settings: ['jit=off'], launcher });
  postgres.execute(tables);
  return postgres;
}
