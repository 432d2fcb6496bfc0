// Serves requests, and goes idle with everything that outlives them: clients that stay connected, pooled sockets,
// upgraded connections on either side, and, asked for `leftovers`, what a program leaves behind itself: timers, a
// promise that nobody settles, an AsyncResource, a listener, the request of a connection. Then it writes a heap
// snapshot, while one request is still being served.
const { AsyncResource } = require('node:async_hooks');
const { createHash } = require('node:crypto');
const { EventEmitter, once } = require('node:events');
const http = require('node:http');
const net = require('node:net');
const v8 = require('node:v8');
const { trace } = require('@opentelemetry/api');

const [, , file, kind] = process.argv;
const leavesBehind = kind === 'leftovers';
const rounds = 10;
const tracer = trace.getTracer('idle');
const agent = new http.Agent({ keepAlive: true });
const bus = new EventEmitter().setMaxListeners(0);
const kept = [];

const handlers = {
  '/upstream': (_request, response) => response.end('up'),
  '/unanswered': () => {},
  '/pooled': (_request, response) => {
    http.get(urlOf('/upstream'), { agent }, (answer) => answer.resume().on('end', () => response.end('pooled')));
  },
  '/fetched': async (_request, response) => {
    const answer = await fetch(urlOf('/upstream'));
    response.end(await answer.text());
  },
  '/tunnelled': (_request, response) => {
    http
      .get(urlOf('/live'), { headers: { connection: 'upgrade', upgrade: 'test' } })
      .on('upgrade', (_answer, socket) => {
        kept.push(socket);
        response.end('tunnelled');
      });
  },
  '/socket': (_request, response) => {
    if (globalThis.WebSocket === undefined) return response.end('not in this Node');
    const socket = new WebSocket(urlOf('/live').replace('http', 'ws'));
    socket.onopen = () => {
      socket.onopen = null;
      response.end('socket');
    };
    kept.push(socket);
  },
  '/manual': (_request, response) => {
    tracer.startActiveSpan('manual', (span) => {
      if (leavesBehind) leaveBehind();
      setImmediate(() => {
        span.end();
        response.end('manual');
      });
    });
  },
};

function leaveBehind() {
  setInterval(() => {}, 1e6);
  setTimeout(() => {}, 1e6);
  bus.on(
    'never',
    AsyncResource.bind(() => {}),
  );
  kept.push(new AsyncResource('pooled'));
  void (async () => {
    await new Promise(() => {});
  })();
}

const server = http.createServer((request, response) => handlers[request.url](request, response));
server.keepAliveTimeout = 0;
server.on('upgrade', leavesBehind ? acceptAndRemember : accept);

/** As the handlers of WebSockets do, for what they want to know of the user later. */
function acceptAndRemember(request, socket) {
  accept(request, socket);
  socket.on('close', () => console.log(request.url));
}

function accept(request, socket) {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accepted = createHash('sha1').update(key).digest('base64');
  const { upgrade } = request.headers;
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: ${upgrade}\r\n`);
  socket.write(`sec-websocket-accept: ${accepted}\r\n\r\n`);
  socket.on('data', echo);
}

function echo(message) {
  tracer.startActiveSpan('message', (span) => {
    setImmediate(() => {
      tracer.startActiveSpan('work', (work) => work.end());
      span.end();
      this.write(message);
    });
  });
}

function urlOf(path) {
  return `http://127.0.0.1:${server.address().port}${path}`;
}

/** @returns asks over one connection, which stays open */
async function connection() {
  const socket = net.connect(server.address().port, '127.0.0.1');
  kept.push(socket);
  await once(socket, 'connect');
  return async (text) => {
    socket.write(text);
    await once(socket, 'data');
  };
}

const get = (path) => `GET ${path} HTTP/1.1\r\nhost: test\r\n\r\n`;
const upgrade = 'GET /live HTTP/1.1\r\nhost: test\r\nconnection: upgrade\r\nupgrade: test\r\n\r\n';
const paths = Object.keys(handlers).filter((path) => path !== '/unanswered');

server.listen(0, '127.0.0.1', async () => {
  for (let i = 0; i < rounds; i++) {
    const ask = await connection();
    for (const path of paths) await ask(get(path));
    const say = await connection();
    await say(upgrade);
    for (let k = 0; k < 3; k++) await say('hello');
  }
  const ask = await connection();
  void ask(get('/unanswered'));
  await once(server, 'request');
  await settle();
  console.log(`${await connectionCount()} connections`);
  v8.writeHeapSnapshot(file);
  process.exit();
});

/** What is on its way, the agent's batch too, arrives; what finalizers free goes in the next round. */
async function settle() {
  await new Promise((resolve) => setTimeout(resolve, 800));
  for (let i = 0; i < 5; i++) {
    globalThis.gc();
    await new Promise(setImmediate);
  }
}

function connectionCount() {
  return new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
}
