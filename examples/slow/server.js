// The slow upstream: it takes as long as you ask it to.
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';

const { PORT = '3002' } = process.env;
const longestMs = 60_000;

const app = express();

app.get('/delay/:ms', async (request, response) => {
  const ms = Number(request.params.ms);
  if (!(ms >= 0 && ms <= longestMs)) return response.status(400).send(`A delay is 0 to ${longestMs} milliseconds\n`);
  await sleep(ms);
  response.type('text/plain').send(`That took ${ms} milliseconds, as you wished.\n`);
});

const server = app.listen(Number(PORT), '127.0.0.1', (error) => {
  if (error) throw error;
  console.log(`slow on http://127.0.0.1:${server.address().port}`);
});
