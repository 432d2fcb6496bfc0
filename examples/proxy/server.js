// Possibly the worst proxy ever written. It has no tracing code: that is the point.
import express from 'express';

const { PORT = '3000', FAVOURITE_URL = 'http://127.0.0.1:3001/sayings/1' } = process.env;

/** URL → what it answered, for ever. Nobody said it was a good proxy. */
const earlier = new Map();
let latest = FAVOURITE_URL;

const app = express();

// Fetches the URL, every time.
app.get('/', async (request, response) => {
  const { url } = request.query;
  if (!URL.canParse(url)) return response.status(400).send('Which URL? Try /?url=http://127.0.0.1:3001/sayings/1\n');
  send(response, await get(url));
});

// Answers from what was fetched earlier: that URL's answer, or the latest of any. Fetches where there is none.
app.get('/cache', async (request, response) => {
  const { url = latest } = request.query;
  if (!URL.canParse(url)) return response.status(400).send(`${url} is not a URL\n`);
  send(response, earlier.get(url) ?? (await get(url)));
});

async function get(url) {
  const answer = await fetch(url);
  const page = { status: answer.status, type: answer.headers.get('content-type') ?? '', body: await answer.text() };
  if (answer.ok) {
    earlier.set(url, page);
    latest = url;
  }
  return page;
}

function send(response, { status, type, body }) {
  response
    .status(status)
    .type(type || 'text/plain')
    .send(body);
}

const server = app.listen(Number(PORT), '127.0.0.1', (error) => {
  if (error) throw error;
  console.log(`proxy on http://127.0.0.1:${server.address().port}`);
});
