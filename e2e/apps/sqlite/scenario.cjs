// Executes one statement of each kind, and prints what the driver gave back.
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

exports.run = ({ Database }) => {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-sqlite-'));
  const db = new Database(join(folder, 'shop.db'));
  try {
    print(exercise(db));
  } finally {
    db.close();
    rmSync(folder, { recursive: true });
  }
};

function exercise(db) {
  db.exec('CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)');
  const insert = db.prepare('INSERT INTO users (name) VALUES (?)');
  const results = [insert.run('ada').lastInsertRowid, insert.run('bob').lastInsertRowid];
  results.push(db.prepare('SELECT name FROM users WHERE id = ?').get(1).name);
  results.push(db.prepare("SELECT name FROM users WHERE name <> 'secret' AND id > 0").all().length);
  for (const row of db.prepare('SELECT id FROM users').iterate()) results.push(row.id);
  for (const row of db.prepare('SELECT id FROM users LIMIT 2').iterate()) {
    results.push(row.id);
    break;
  }
  if (db.transaction) db.transaction((name) => insert.run(name))('eve');
  results.push(failure(() => db.prepare('SELECT nope FROM users')));
  results.push(failure(() => db.prepare('INSERT INTO users (id, name) VALUES (1, ?)').run('mallory')));
  return results;
}

function failure(fn) {
  try {
    fn();
    return 'no failure';
  } catch (error) {
    return error.constructor.name;
  }
}

function print(results) {
  process.stdout.write(`${JSON.stringify(results.map(String))}\n`);
}
