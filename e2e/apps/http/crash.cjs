// Asks itself for a page whose handler fails in a way that nobody catches: `throws`, `rejects` or `later`. With
// `survives`, a listener answers in the end.
const http = require('node:http');

const [, , way, survives] = process.argv;
const ways = {
  throws: () => {
    throw new RangeError('thrown');
  },
  rejects: async () => Promise.reject(new RangeError('thrown')),
  later: () => setTimeout(ways.throws, 1),
};

let answer;
if (survives) {
  process.on('uncaughtException', () => {
    answer.statusCode = 500;
    answer.end();
    server.close();
  });
}

const server = http.createServer((incoming, response) => {
  answer = response;
  return ways[way](incoming);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  http.get({ port, host: '127.0.0.1', path: `/${way}` }, (response) => response.resume()).on('error', () => {});
});
