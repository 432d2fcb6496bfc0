/**
 * Asks, as a process of its own: what makes the questions holds 400 MB of traffic, whose collector would be most of the time that a
 * large answer takes. Answers with how long it took, or with what was wrong.
 */
import { questions } from './questions.mjs';

process.on('message', async ({ name, url }) => {
  const answer = await ask(name, url).catch((error) => ({ failure: `${url}: ${error.message}` }));
  // What was read is not to be collected while the next answer is timed.
  globalThis.gc();
  process.send(answer);
});

async function ask(name, url) {
  const startMs = performance.now();
  const response = await fetch(url);
  const body = Buffer.from(await response.arrayBuffer());
  const tookMs = performance.now() - startMs;
  const answer = JSON.parse(body.toString());
  if (!response.ok) return { status: response.status, failure: `${url}: ${answer.error.message}` };
  if (questions[name].isRight(answer)) return { tookMs };
  return { failure: `${url}: this is not the answer: ${body.toString('utf8', 0, 200)}` };
}
