// A server that is asked for minutes, the agent inside. It answers, and says over IPC what its heap holds when asked.
const { createRequire } = require('node:module');
const http = require('node:http');
const { join } = require('node:path');
const { trace } = createRequire(join(__dirname, '../../e2e/apps/otel/x.js'))('@opentelemetry/api');

const tracer = trace.getTracer('soak');
const agent = new http.Agent({ keepAlive: true, maxSockets: 20 });
const server = http.createServer(serve);
server.on('upgrade', talk);
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));

/** Half of the requests make one of their own: by http.Agent's pooled sockets, and by fetch's. */
let asked = 0;
function serve(request, response) {
  if (request.url === '/upstream') return response.end('up');
  const { port } = server.address();
  switch (asked++ % 4) {
    case 0:
      return http.get({ port, host: '127.0.0.1', path: '/upstream', agent }, (answer) => {
        answer.resume().on('end', () => response.end('hello'));
      });
    case 1:
      return fetch(`http://127.0.0.1:${port}/upstream`)
        .then((answer) => answer.text())
        .then(() => response.end('hello'));
    default:
      return tracer.startActiveSpan('step', (span) => {
        setTimeout(() => {
          span.end();
          response.end('hello');
        }, 1);
      });
  }
}

/** One connection for the whole run, as a WebSocket is: each message is a span, with another below it a turn later. */
function talk(_request, socket) {
  socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: soak\r\n\r\n');
  socket.on('data', (message) => {
    tracer.startActiveSpan('message', { kind: 1, attributes: { 'message.size': message.length } }, (span) => {
      setImmediate(() => {
        tracer.startActiveSpan('work', (work) => work.end());
        span.end();
        socket.write(message);
      });
    });
  });
  const alive = setInterval(() => tracer.startActiveSpan('ping', (span) => span.end()), 1_000);
  socket.on('close', () => clearInterval(alive)).on('error', () => socket.destroy());
}

process.on('message', async () => {
  for (let i = 0; i < 4; i++) {
    globalThis.gc();
    await new Promise(setImmediate); // what finalizers free goes in the next round
  }
  process.send({ memory: process.memoryUsage() });
});
process.on('disconnect', () => process.exit());
