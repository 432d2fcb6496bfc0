// TypeScript as it is: with a parameter property, which Node's own type stripping does not take.
import { get } from 'node:http';
import Database from 'libsql';
import { run } from '../express5/scenario.cjs';
import express4 from '../v4-express/node_modules/express/index.js';

class Table {
  constructor(readonly name: string) {}
}

const database: InstanceType<typeof Database> = new Database(':memory:');
database.exec(`CREATE TABLE ${new Table('users').name} (id INTEGER)`);

run({ express: express4, get, promises: false });
