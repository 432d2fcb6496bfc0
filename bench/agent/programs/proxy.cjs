// One `fetch` and one `http.get` for each request, both to $UPSTREAM, over connections that are kept.
'use strict';
const { serve } = require('./measured.cjs');
const http = require('node:http');

const upstream = process.env.UPSTREAM;
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

serve(
  http.createServer(async (_request, response) => {
    try {
      const [first, second] = await Promise.all([fetched(), got()]);
      response.end(first + second);
    } catch (error) {
      response.statusCode = 500;
      response.end(String(error));
    }
  }),
);

async function fetched() {
  const answer = await fetch(upstream);
  return answer.text();
}

function got() {
  return new Promise((resolve, reject) => {
    http
      .get(upstream, { agent }, (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (part) => {
          text += part;
        });
        answer.on('end', () => resolve(text));
      })
      .on('error', reject);
  });
}
