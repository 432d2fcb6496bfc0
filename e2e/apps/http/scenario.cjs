// A server and its clients in one process: one exchange of each kind, one after the other, and stops.
const { once } = require('node:events');
const net = require('node:net');
const { setTimeout: sleep } = require('node:timers/promises');

exports.run = async ({ http, request, get }) => {
  const server = http.createServer((incoming, response) =>
    handlers[new URL(incoming.url, 'http://h').pathname](incoming, response),
  );
  server.on('upgrade', (_incoming, socket) => {
    socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  const origin = `http://127.0.0.1:${port}`;
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

  await finished(get(`${origin}/ok?q=1&sig=secret`));
  await finished(request({ port, host: '127.0.0.1', path: '/echo', method: 'POST' }), 'body');
  await finished(request(`${origin}/echo`, { method: 'POST', headers: { expect: '100-continue' } }), 'body');
  await finished(request({ port, host: '127.0.0.1', path: '/ok', method: 'HEAD' }));
  await finished(request({ port, host: '127.0.0.1', path: '/ok', headers: ['Host', 'elsewhere.test', 'X-A', '1'] }));
  // A proxy passes the headers on that it got.
  const passedOn = { host: '127.0.0.1:1' };
  await finished(request({ port, host: '127.0.0.1', path: '/ok', headers: passedOn }));
  await finished(request({ port: await unusedPort(), host: '127.0.0.1', path: '/refused', headers: passedOn }));
  await finished(request({ port, host: '127.0.0.1', path: '/fail', auth: 'user:password' }));
  await finished(request({ port, host: '127.0.0.1', path: '/missing' }));
  await Promise.all(['/first', '/second'].map((path) => finished(request({ port, host: '127.0.0.1', path, agent }))));
  await finished(request({ port, host: '127.0.0.1', path: '/early' }));
  await finished(request({ port, host: '127.0.0.1', path: '/cut' }));
  await finished(request({ port: await unusedPort(), host: '127.0.0.1', path: '/refused' }));
  const slow = request({ port, host: '127.0.0.1', path: '/slow' });
  slow.on('error', () => {}).end();
  await once(process, 'slow');
  slow.destroy();
  await once(process, 'slow-closed');
  await upgrade(
    request({ port, host: '127.0.0.1', path: '/socket', headers: { connection: 'Upgrade', upgrade: 'echo' } }),
  );
  await pipelined(port);
  agent.destroy();
  server.close();
};

const handlers = {
  '/ok': (_incoming, response) => response.end('ok'),
  '/echo': (incoming, response) => incoming.pipe(response),
  '/fail': (_incoming, response) => response.writeHead(503).end(),
  '/missing': (_incoming, response) => response.writeHead(404).end(),
  '/first': (_incoming, response) => setTimeout(() => response.end(), 5),
  '/second': (_incoming, response) => response.end(),
  '/early': (_incoming, response) => {
    response.writeEarlyHints({ link: '</a.css>; rel=preload' });
    response.end();
  },
  '/cut': (_incoming, response) => {
    response.writeHead(200, { 'content-length': 10 });
    response.write('12345', () => response.destroy());
  },
  '/slow': (_incoming, response) => {
    response.on('close', () => process.emit('slow-closed'));
    process.emit('slow');
  },
};

/** Resolves when the exchange is over, however it went. */
function finished(outgoing, body) {
  return new Promise((resolve) => {
    outgoing.on('response', (response) => response.on('error', () => {}).resume());
    outgoing.on('error', () => {});
    outgoing.on('close', resolve);
    outgoing.end(body);
  });
}

async function upgrade(outgoing) {
  outgoing.end();
  const [, socket] = await once(outgoing, 'upgrade');
  socket.destroy();
}

async function unusedPort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Two requests in one packet. */
async function pipelined(port) {
  const socket = net.connect(port, '127.0.0.1');
  socket.write(
    'GET /first HTTP/1.1\r\nHost: pipe\r\n\r\nGET /second HTTP/1.1\r\nHost: pipe\r\nConnection: close\r\n\r\n',
  );
  socket.resume();
  await once(socket, 'close');
  await sleep(0);
}
