// Requests of several methods, one after the other over one connection.
const http = require('node:http');
const net = require('node:net');

const methods = ['GET', 'POST', 'GET', 'PROPFIND', 'DELETE', 'POST', 'GET'];
const server = http.createServer((_request, response) => response.end('ok'));
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  let answers = 0;
  const ask = () =>
    socket.write(
      `${methods[answers]} /${answers} HTTP/1.1\r\nhost: pipe\r\nuser-agent: test\r\ncontent-length: 0\r\n\r\n`,
    );
  socket.on('connect', ask).on('data', () => {
    if (++answers < methods.length) ask();
    else socket.end(() => server.close());
  });
});
