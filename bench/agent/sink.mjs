// The backend of all sides: takes what is exported, at once, and counts the spans in it. One port for each side.
import { createServer } from 'node:http';
import { countMsgpackSpans, countOtlpSpans } from './count-spans.mjs';

const counts = new Map();
/** Counted when asked, so that counting never keeps the load waiting. */
let bodies = [];

process.on('message', async (ask) => {
  if (ask.listen !== undefined) process.send({ id: ask.id, ports: await Promise.all(ask.listen.map(listen)) });
  else process.send({ id: ask.id, counts: Object.fromEntries(countAll()) });
});
process.on('disconnect', () => process.exit());

function listen(side) {
  counts.set(side, { spans: 0, bytes: 0, requests: 0 });
  const server = createServer((request, response) => take(side, request, response));
  server.keepAliveTimeout = 60_000;
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server.address().port));
  });
}

function take(side, request, response) {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    bodies.push({ side, url: request.url, body: Buffer.concat(parts) });
    if (request.url.startsWith('/v1/traces')) response.setHeader('content-type', 'application/x-protobuf');
    response.end(request.url.startsWith('/v1/') ? '' : '{"rate_by_service":{"service:,env:":1}}');
  });
}

function countAll() {
  for (const { side, url, body } of bodies) {
    const count = counts.get(side);
    count.bytes += body.length;
    count.requests++;
    if (url === '/v1/traces') count.spans += countOtlpSpans(body);
    else if (url === '/v0.4/traces') count.spans += countMsgpackSpans(body);
  }
  bodies = [];
  return counts;
}
