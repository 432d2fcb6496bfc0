// The service that the W3C's validation harness asks for: POST a JSON list of { url, arguments } to it, and it posts
// the arguments to each URL. `/fetch` does so by fetch, any other path by node:http.
const http = require('node:http');
const { once } = require('node:events');
const { json } = require('node:stream/consumers');

const server = http.createServer(async (incoming, response) => {
  const call = incoming.url === '/fetch' ? byFetch : byHttp;
  for (const { url, arguments: body } of await json(incoming)) await call(url, JSON.stringify(body));
  response.end();
});

async function byFetch(url, body) {
  await (await fetch(url, { method: 'POST', body })).text();
}

async function byHttp(url, body) {
  const [response] = await once(http.request(url, { method: 'POST' }).end(body), 'response');
  await once(response.resume(), 'end');
}

server.listen(0, '127.0.0.1', () => console.log(server.address().port));
