// Two requests over HTTP/2: the first makes a request of its own out of a listener of the incoming one.
const { once } = require('node:events');
const http = require('node:http');

exports.run = async ({ createServer, connect }) => {
  const server = createServer((incoming, response) => {
    if (incoming.url === '/fail') {
      response.statusCode = 500;
      return response.end();
    }
    incoming.resume().on('end', () => {
      http.get({ host: '127.0.0.1', port: 9, path: '/refused' }).on('error', () => response.end('ok'));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const session = connect(`http://127.0.0.1:${server.address().port}`);
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  for (const headers of [{ ':path': '/ok?q=1', traceparent }, { ':path': '/fail' }]) {
    await once(session.request(headers).resume(), 'end');
  }
  session.close();
  server.close();
};
