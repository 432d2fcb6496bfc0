// The same in CommonJS.
import type { RequestOptions } from 'node:http';

const { get } = require('node:http') as typeof import('node:http');
const Database = require('libsql');
const { run } = require('../express5/scenario.cjs');

const database = new Database(':memory:');
database.exec('CREATE TABLE users (id INTEGER)');

run({
  express: require('../v4-express/node_modules/express'),
  get: (options: RequestOptions, done: () => void) => get(options, done),
  promises: false,
});
