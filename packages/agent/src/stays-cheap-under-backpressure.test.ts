/** A program that makes spans faster than its backend takes them: what it costs has a limit, and what is lost is known. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FakeBackend, until } from '../testing/fake-backend.ts';
import { Workbench } from '../testing/workbench.ts';

let bench: Workbench;
beforeAll(() => {
  bench = new Workbench();
  // Makes PHASES times 20,000 spans of some 1.1 kB each, a few at a turn, and tells its memory after each phase; then
  // it waits for a word on stdin. 20 MB a phase are more than twice of what may wait for the backend.
  bench.write(
    'flood.cjs',
    `const { trace } = require('@opentelemetry/api');
    const tracer = trace.getTracer('flood');
    const text = 'x'.repeat(1_000);
    const memory = [];
    let made = 0;
    let most = 0;
    function turn(phasesLeft) {
      for (let i = 0; i < 100; i++) tracer.startSpan(String(made++), { attributes: { text } }).end();
      most = Math.max(most, process.memoryUsage().arrayBuffers);
      if (made % 20_000 !== 0) return setImmediate(turn, phasesLeft);
      collect(3, () => measure(phasesLeft - 1));
    }
    // The memory of buffers is given back a while after the collection that finds them.
    function collect(times, done) {
      if (times === 0) return done();
      gc();
      setTimeout(collect, 5, times - 1, done);
    }
    function measure(phasesLeft) {
      const { arrayBuffers, rss } = process.memoryUsage();
      memory.push({ most: most - buffersAtStart, held: arrayBuffers - buffersAtStart, rss });
      most = 0;
      if (phasesLeft > 0) return turn(phasesLeft);
      process.stdin.once('data', () => process.stdin.destroy());
      console.log(JSON.stringify({ made, memory }));
    }
    const buffersAtStart = process.memoryUsage().arrayBuffers;
    turn(Number(process.argv[2]));`,
  );
});
afterAll(() => bench[Symbol.dispose]());

interface Flood {
  readonly made: number;
  /** In bytes: buffers beyond those at the start, at most in each phase and, after a collection, at its end. */
  readonly memory: readonly { readonly most: number; readonly held: number; readonly rss: number }[];
  /** What the agent reports of its spans. */
  readonly spans: { readonly made: number; readonly sent: number; readonly droppedQueueFull: number };
}

/** @param onFlooded called once all spans have been made, and awaited before the program is asked to end */
async function flood(endpoint: string, phases: number, onFlooded: () => Promise<void>): Promise<Flood> {
  const report = join(bench.folder, `report-${new URL(endpoint).port}.json`);
  const run = await bench.runTraced(join(bench.folder, 'flood.cjs'), endpoint, {
    nodeArguments: ['--expose-gc'],
    programArguments: [String(phases)],
    env: { SIGHTLINE_REPORT: `json:${report}` },
    onLine: async (_line, child) => {
      await onFlooded();
      child.stdin?.write('end');
    },
  });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  const { spans } = JSON.parse(readFileSync(report, 'utf8')) as Flood;
  return { ...(JSON.parse(run.stdout) as Flood), spans };
}

const MiB = 1_048_576;
const maxQueueBytes = 8 * MiB;
/** Of those that the program makes, encoded. */
const spanBytes = 1_100;

test('a backend that was overloaded gets the newest 8 MiB, in requests of 1 MiB; what is older is counted', async () => {
  let isBusy = true;
  await using backend = await FakeBackend.start((response) => {
    response.writeHead(isBusy ? 503 : 200).end();
  });
  const { made, spans } = await flood(backend.url, 1, async () => {
    isBusy = false;
    await until(
      () => backend.spans.some(({ name }) => name === '19999'),
      () => `the newest span among ${backend.spans.length}`,
    );
  });
  const received = backend.spans.map(({ name }) => Number(name));
  const oldest = made - received.length;
  expect(received).toEqual(Array.from(received, (_, i) => oldest + i));
  expect(spans).toMatchObject({ made, sent: received.length, droppedQueueFull: oldest });
  expect(received.length * spanBytes).toBeLessThan(maxQueueBytes + MiB);
  expect(received.length * spanBytes).toBeGreaterThan(maxQueueBytes / 2);
  const requestBytes = backend.requests.map(({ headers }) => Number(headers['content-length']));
  expect(Math.max(...requestBytes)).toBeLessThanOrEqual(MiB);
});

/** The collector comes by seldom where objects are few, so memory that is not used again would pile up. */
describe.each([
  ['never answers', () => FakeBackend.start(() => {})],
  ['is too busy', () => FakeBackend.start((response) => response.writeHead(503).end())],
  ['resets connections', () => FakeBackend.start((response) => response.socket?.resetAndDestroy())],
])('while the backend %s', (_what, start) => {
  test('no more memory is taken than 8 MiB of spans need, however long that goes on', async () => {
    await using backend = await start();
    const { made, memory, spans } = await flood(backend.url, 6, async () => {});
    expect(Math.max(...memory.map(({ held }) => held))).toBeLessThan(maxQueueBytes + 2 * MiB);
    expect(Math.max(...memory.map(({ most }) => most))).toBeLessThan(2 * maxQueueBytes);
    expect(growth(memory.slice(2).map(({ rss }) => rss))).toBeLessThan(25 * MiB);
    expect(spans).toMatchObject({ made, sent: 0 });
    expect(spans.droppedQueueFull * spanBytes).toBeGreaterThan(made * spanBytes - maxQueueBytes - MiB);
  });
});

function growth(bytes: readonly number[]): number {
  return Math.max(...bytes) - Math.min(...bytes);
}
