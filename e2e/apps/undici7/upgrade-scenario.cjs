// Undici hands a connection over to the program: an upgrade, a tunnel, and the WebSocket that Node has from 22.
const http = require('node:http');
const { createHash } = require('node:crypto');
const { once } = require('node:events');

exports.run = async ({ upgrade, Client }) => {
  const server = http.createServer();
  server.on('upgrade', (request, socket) => {
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
  });
  server.on('connect', (_request, socket) => socket.write('HTTP/1.1 200 Established\r\n\r\n'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${server.address().port}`;

  if (upgrade) await upgrade(`${origin}/upgrade`, { protocol: 'websocket' });
  if (Client) await new Client(origin).connect({ path: 'far.test:443' });
  if (globalThis.WebSocket) await once(new WebSocket(`${origin.replace('http', 'ws')}/socket`), 'open');
  // The connections are still open: what they do from now on is not part of the requests.
  process.exit();
};
