// Serves one request for each way to ask, and prints what came back. The server is PGHOST's.
const { once } = require('node:events');
const { createServer, get } = require('node:http');
const failures = require('./failures.cjs');
const queries = require('./queries.cjs');

exports.run = async (libraries) => {
  const tool = new libraries.pg.Client();
  await tool.connect();
  await tool.query('CREATE TABLE users (id SERIAL PRIMARY KEY, name TEXT)');
  const routes = { ...queries.routes(tool, libraries), ...failures.routes(libraries) };
  const server = createServer(async (request, response) => {
    try {
      response.end(JSON.stringify(await routes[request.url]()));
    } catch (error) {
      response.end(JSON.stringify(`${error.message}`));
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  for (const path of Object.keys(routes))
    process.stdout.write(`${path} ${await fetchText(server.address().port, path)}\n`);
  await tool.query('DROP TABLE users');
  await tool.end();
  server.close();
};

function fetchText(port, path) {
  return new Promise((resolve, reject) => {
    get({ port, path, host: '127.0.0.1', agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
}
