import { expect, test } from 'vitest';
import { describeSql } from './sql-text.ts';

test.each([
  ['SELECT * FROM users WHERE id = ?', 'SELECT users'],
  ['select u.name from main.users as u, "order items" o where o.id = u.id', 'SELECT main.users order items'],
  [
    'SELECT a FROM users JOIN orders ON users.id = orders.user WHERE a IN (SELECT b FROM c)',
    'SELECT users orders SELECT c',
  ],
  ['SELECT * FROM (SELECT id FROM inner_table) AS t, other', 'SELECT SELECT inner_table other'],
  ['SELECT max(a, b) FROM t', 'SELECT t'],
  ['INSERT OR REPLACE INTO cache (key, value) VALUES (?, ?)', 'INSERT cache'],
  ['REPLACE INTO cache VALUES (1)', 'REPLACE cache'],
  ['INSERT INTO a SELECT * FROM b', 'INSERT a SELECT b'],
  ['INSERT INTO a (x) VALUES (1) ON CONFLICT (x) DO UPDATE SET x = excluded.x', 'INSERT a'],
  ['UPDATE OR IGNORE `users` SET name = replace(name, 1, 2) WHERE id = 1', 'UPDATE users'],
  ['DELETE FROM [users] WHERE id = 1', 'DELETE users'],
  ['WITH recent AS (SELECT * FROM orders) SELECT * FROM recent JOIN users', 'SELECT orders SELECT users'],
  ['WITH x AS (SELECT 1) DELETE FROM users', 'SELECT DELETE users'],
  ['CREATE TABLE IF NOT EXISTS users (id INTEGER REFERENCES a ON DELETE CASCADE)', 'CREATE TABLE users'],
  ['CREATE UNIQUE INDEX by_name ON users (name)', 'CREATE INDEX by_name'],
  ['DROP TABLE IF EXISTS users; DROP VIEW v', 'DROP TABLE users DROP VIEW v'],
  ['PRAGMA journal_mode = WAL', 'PRAGMA'],
  ['BEGIN IMMEDIATE', 'BEGIN'],
  ['-- first a comment\n/* and another */ SELECT 1', 'SELECT'],
  ['', 'SQL'],
])('%s is called %s', (sql, summary) => expect(describeSql(sql).summary).toBe(summary));

test.each([
  ["SELECT * FROM users WHERE name = 'o''hara' AND age > 42.5e1", 'SELECT * FROM users WHERE name = ? AND age > ?'],
  ["INSERT INTO t2 VALUES (x'00ff', 0x1F, -1, .5)", 'INSERT INTO t2 VALUES (?, ?, -?, ?)'],
  ["SELECT 'unfinished", 'SELECT ?'],
  ['SELECT "a1" FROM t1 -- 5', 'SELECT "a1" FROM t1 -- 5'],
])('literals of %s are replaced', (sql, text) => expect(describeSql(sql).text).toBe(text));

test.each(['SELECT 1 FROM t WHERE a = ?', 'SELECT 1 WHERE a = :name', 'SELECT 1 WHERE a = $1', 'SELECT @a + 1'])(
  '%s has parameters and stays as it is',
  (sql) => expect(describeSql(sql).text).toBe(sql),
);

test.each([
  ['SELECT id::text FROM users WHERE born > $1::date', 'SELECT users'],
  ['SELECT EXTRACT(year FROM born), SUBSTRING(name FROM 2) FROM users', 'SELECT users'],
  ['SELECT * FROM a WHERE b IS DISTINCT FROM c', 'SELECT a'],
  ['SELECT * FROM ONLY users u LEFT JOIN LATERAL (SELECT 1 FROM orders) o ON true', 'SELECT users SELECT orders'],
  ['COPY users (id, name) FROM STDIN', 'COPY users'],
  ['COPY (SELECT * FROM users) TO STDOUT', 'COPY SELECT users'],
  ['TRUNCATE TABLE users', 'TRUNCATE users'],
  ['CREATE INDEX CONCURRENTLY by_name ON users (name)', 'CREATE INDEX by_name'],
  ['REFRESH MATERIALIZED VIEW CONCURRENTLY totals', 'REFRESH VIEW totals'],
  ['INSERT INTO shop.users (name) VALUES ($1) RETURNING id', 'INSERT shop.users'],
  ['SELECT tags[1:2] FROM users WHERE tags && ARRAY[$1]', 'SELECT users'],
])('in PostgreSQL, %s is called %s', (sql, summary) => expect(describeSql(sql, 'postgresql').summary).toBe(summary));

test.each([
  ["SELECT $$it's a secret$$, $tag$a $$ secret$tag$ FROM t", 'SELECT ?, ? FROM t'],
  [String.raw`SELECT E'it\'s a secret', b'01', U&'secret' FROM t`, 'SELECT ?, ?, ? FROM t'],
  [
    "SELECT '2020-01-01'::date, id::text FROM t WHERE a::text = 'secret'",
    'SELECT ?::date, id::text FROM t WHERE a::text = ?',
  ],
  ["SELECT * FROM t WHERE tags @> ARRAY['secret', 'x']", 'SELECT * FROM t WHERE tags @> ARRAY[?, ?]'],
  [
    "SELECT * FROM t WHERE data ? 'secret' AND data @@to_tsquery('x')",
    'SELECT * FROM t WHERE data ? ? AND data @@to_tsquery(?)',
  ],
  ["SELECT data->>'key' FROM t WHERE id = $1", "SELECT data->>'key' FROM t WHERE id = $1"],
  ['SELECT $$unfinished secret', 'SELECT ?'],
])('in PostgreSQL, literals of %s are replaced', (sql, text) => {
  expect(describeSql(sql, 'postgresql').text).toBe(text);
});

test('the collection is told where there is only one', () => {
  expect(describeSql('SELECT * FROM a JOIN a AS b').collection).toBe('a');
  expect(describeSql('SELECT * FROM a JOIN b').collection).toBeUndefined();
  expect(describeSql('BEGIN').collection).toBeUndefined();
});

test('a text of any length is described in little time and memory', () => {
  const { text, summary } = describeSql(`INSERT INTO t VALUES ${"('x', 1),".repeat(500_000)}`);
  expect(summary).toBe('INSERT t');
  expect(text.length).toBeLessThan(10_000);
});
