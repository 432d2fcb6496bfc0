/**
 * Asks, as a process of its own: what makes the questions holds 400 MB of traffic, whose collector would be most of the time that a
 * large answer takes. Answers with how long it took, or with what was wrong.
 */
import { questions } from './questions.mjs';

/** Of an answer, after which this process's memory is collected: it is not to be while the next answer is timed. */
const largeBytes = 1 << 20;

process.on('message', async ({ name, url }) => {
  const { sizeBytes = 0, ...answer } = await ask(name, url).catch((error) => ({ failure: `${url}: ${error.message}` }));
  // Not after small ones: it takes 13 ms, and the server's data out of the processors' caches, as nobody who asks would.
  if (sizeBytes > largeBytes) globalThis.gc();
  process.send(answer);
});

async function ask(name, url) {
  const startMs = performance.now();
  const response = await fetch(url);
  const body = Buffer.from(await response.arrayBuffer());
  const tookMs = performance.now() - startMs;
  const answer = JSON.parse(body.toString());
  if (!response.ok) return { status: response.status, failure: `${url}: ${answer.error.message}` };
  if (questions[name].isRight(answer)) return { tookMs, sizeBytes: body.length };
  return { failure: `${url}: this is not the answer: ${body.toString('utf8', 0, 200)}` };
}
