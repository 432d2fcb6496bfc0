// Many requests at once that share a pool of two connections. Each of its queries names the request it is of.
const { once } = require('node:events');
const { createServer, get } = require('node:http');
const { Pool } = require('pg');

async function run() {
  const pool = new Pool({ max: 2 });
  const server = createServer((request, response) => handle(pool, request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  const paths = Array.from({ length: 40 }, (_, i) => `/${i}`);
  for (const _ of [1, 2]) await Promise.all(paths.map((path) => fetch(port, path)));
  await pool.end();
  server.close();
}

async function handle(pool, request, response) {
  const { url } = request;
  await pool.query(`SELECT 1 /* of ${url} */`);
  const client = await pool.connect();
  await client.query(`SELECT 2 /* of ${url} */`);
  client.release();
  pool.query(`SELECT 3 /* of ${url} */`, (_error, { rowCount }) => {
    pool.query(`SELECT ${rowCount} /* of ${url} */`, () => response.end());
  });
}

function fetch(port, path) {
  return new Promise((resolve, reject) => {
    get({ port, path, host: '127.0.0.1', agent: false }, (response) => response.resume().on('end', resolve)).on(
      'error',
      reject,
    );
  });
}

run();
