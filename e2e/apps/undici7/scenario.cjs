// A server, and one exchange of each kind by undici's two interfaces.
const http = require('node:http');
const { once } = require('node:events');

exports.run = async ({ fetch, request }) => {
  const server = http.createServer((incoming, response) => {
    if (incoming.url === '/hang') return process.emit('hang');
    if (incoming.url === '/cut')
      return response.writeHead(200, { 'content-length': 10 }).write('1', () => response.destroy());
    response.statusCode = incoming.url === '/missing' ? 404 : 200;
    incoming.pipe(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${server.address().port}`;

  await (await fetch(`${origin}/fetch?q=1`)).text();
  await (
    await fetch(`${origin}/posted`, { method: 'post', body: 'body', headers: { traceparent: 'passed on' } })
  ).text();
  await (await fetch(`${origin}/missing`)).text();
  await fetch(`${origin}/cut`)
    .then((response) => response.text())
    .catch(() => {});
  const controller = new AbortController();
  process.once('hang', () => controller.abort());
  await fetch(`${origin}/hang`, { signal: controller.signal }).catch(() => {});
  await fetch(`http://127.0.0.1:${await unusedPort()}/refused`).catch(() => {});
  if (request) await (await request(`${origin}/request`, { headers: ['x-a', '1'] })).body.text();
  server.closeAllConnections();
  server.close();
};

async function unusedPort() {
  const server = http.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
