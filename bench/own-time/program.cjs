// The programs whose agent is asked what it costs. `/end` ends them, after the CPU time has been printed.
const { createRequire } = require('node:module');
const http = require('node:http');
const { join } = require('node:path');

const load = (app, name) => createRequire(join(__dirname, '../../e2e/apps', app, 'x.js'))(name);

const programs = {
  http: () => (_request, response) => response.end('hello'),
  async: () => async (_request, response) => {
    await null;
    await new Promise(setImmediate);
    await null;
    response.end('hello');
  },
  express: () => {
    const app = load('v4-express', 'express')();
    app.get('/', (_request, response) => response.send('hello'));
    return app;
  },
  manual: () => {
    const tracer = load('otel', '@opentelemetry/api').trace.getTracer('bench');
    return (_request, response) => {
      for (let i = 0; i < 10; i++) tracer.startSpan('step', { attributes: { i } }).end();
      response.end('hello');
    };
  },
  client: () => {
    const agent = new http.Agent({ keepAlive: true });
    const upstream = { host: '127.0.0.1', port: process.env.UPSTREAM_PORT, agent };
    return (_request, response) =>
      http.get(upstream, (answer) => answer.resume().on('end', () => response.end('hello')));
  },
};

const handler = programs[process.argv[2]]();
const server = http.createServer((request, response) => {
  if (request.url !== '/end') return handler(request, response);
  const { user, system } = process.cpuUsage();
  response.end(String((user + system) / 1_000), () => process.exit());
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
