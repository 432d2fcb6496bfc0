// One request, the first of its program, made the way that the program's argument names; `http` and `https` come
// from a program that has only just loaded them.
const { once } = require('node:events');
const { readFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const net = require('node:net');

const path = '/first';
const cert = readFileSync(join(__dirname, 'tls-cert.pem'));
const key = readFileSync(join(__dirname, 'tls-key.pem'));
const socketPath = join(tmpdir(), `sightline-first-${process.pid}`);

/** @type {Record<string, (http: typeof import('node:http'), to: object) => import('node:http').ClientRequest>} */
const ways = {
  get: (http, to) => http.get(to),
  tls: (https, to) => https.get({ ...to, ca: cert }),
  list: (http, to) => http.get({ ...to, headers: ['Host', `127.0.0.1:${to.port}`] }),
  expect: (http, to) => http.get({ ...to, headers: { expect: '100-continue' } }),
  flushed: (http, to) => {
    const outgoing = http.request(to);
    outgoing.flushHeaders();
    setImmediate(() => outgoing.end());
    return outgoing;
  },
  // Without net.connect, which is what tells a channel.
  connection: (http, to) => http.get({ ...to, createConnection: () => new net.Socket().connect(to.port, to.host) }),
  unix: (http) => http.get({ host: '127.0.0.1', path, socketPath }),
  derived: (http, to) => new (class extends http.ClientRequest {})(to).end(),
  // What Node's own module does to EventEmitter, behind the agent.
  domain: (http, to) =>
    require('node:domain')
      .create()
      .run(() => http.get(to)),
};

exports.run = async ({ http, https }, way = process.argv[2]) => {
  const { createServer } = way === 'tls' ? https : http;
  const server = createServer({ key, cert }, (_incoming, response) => response.end());
  server.listen(...(way === 'unix' ? [socketPath] : [0, '127.0.0.1']));
  await once(server, 'listening');
  const to = { host: '127.0.0.1', port: server.address().port, path };
  const [response] = await once(ways[way](way === 'tls' ? https : http, to), 'response');
  await once(response.resume(), 'end');
  server.close();
};
