// Each path goes through one way of calling back, then makes a request named like it.
const { AsyncResource } = require('node:async_hooks');
const crypto = require('node:crypto');
const { EventEmitter, once } = require('node:events');
const fs = require('node:fs');
const http = require('node:http');
const { Transform, pipeline } = require('node:stream');
const zlib = require('node:zlib');

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

const ways = {
  promise: (_incoming, _response, done) => Promise.resolve().then(async () => done()),
  timer: (_incoming, _response, done) => setTimeout(done, 1),
  interval: (_incoming, _response, done) => {
    let ticks = 0;
    const interval = setInterval(() => {
      if (++ticks < 2) return;
      clearInterval(interval);
      done();
    }, 1);
  },
  immediate: (_incoming, _response, done) => setImmediate(() => process.nextTick(() => queueMicrotask(done))),
  emitter: (_incoming, _response, done) => {
    const emitter = new EventEmitter().once('event', done);
    setTimeout(() => emitter.emit('event'), 1);
  },
  file: (_incoming, _response, done) =>
    fs
      .createReadStream(__filename)
      .on('data', () => {})
      .on('end', done),
  pipeline: (_incoming, _response, done) =>
    pipeline(
      fs.createReadStream(__filename),
      zlib.createGzip(),
      new Transform({ transform: (_chunk, _encoding, next) => next() }).resume(),
      done,
    ),
  crypto: (_incoming, _response, done) => crypto.randomBytes(8, () => done()),
  'request-data': (incoming, _response, done) => incoming.once('data', done).resume(),
  'request-end': (incoming, _response, done) => incoming.once('end', done).resume(),
  'request-iterator': async (incoming, _response, done) => {
    for await (const _chunk of incoming);
    done();
  },
  'client-response': (_incoming, _response, done) => get('/leaf', agent, done),
  pool: (_incoming, _response, done) => pooled(AsyncResource.bind(done)),
  'response-finish': (_incoming, response, done) => {
    response.on('finish', () => done(null, true));
    response.end();
  },
};

/** One worker, made outside of any request, calls back for all. */
const queue = [];
setInterval(() => queue.shift()?.(), 1).unref();
function pooled(callback) {
  queue.push(callback);
}

let origin = '';
function get(path, through, callback) {
  http.get(origin + path, { agent: through }, (response) => response.resume().on('end', () => callback()));
}

/** Of requests named like a way, of which one may still be on its way when all that led to them are answered. */
const named = new EventEmitter();
let unanswered = Object.keys(ways).length;

const server = http.createServer((incoming, response) => {
  const way = incoming.url.slice(1);
  if (ways[way] === undefined) return response.end();
  ways[way](incoming, response, (_error, isAnswered) =>
    get(`/from-${way}`, undefined, () => {
      if (!isAnswered) response.end();
      if (--unanswered === 0) named.emit('answered');
    }),
  );
});

server.listen(0, '127.0.0.1', async () => {
  origin = `http://127.0.0.1:${server.address().port}`;
  // All at once, on few connections, so that contexts could be mixed up.
  const shared = new http.Agent({ keepAlive: true, maxSockets: 3 });
  const answered = once(named, 'answered');
  await Promise.all(
    Object.keys(ways).map(async (way) => {
      const outgoing = http.request(`${origin}/${way}`, { method: 'POST', agent: shared });
      outgoing.end('some body');
      const [response] = await once(outgoing, 'response');
      response.resume();
      await once(response, 'end');
    }),
  );
  await answered;
  agent.destroy();
  shared.destroy();
  server.close();
});
