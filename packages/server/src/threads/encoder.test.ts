import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTraces } from '@sightline/wire';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildFixture, removeServer } from '../server-child.fixture.ts';
import { type Segment, Spool } from '../spool/spool.ts';

let directory: string;
let built: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sightline-encoder-'));
  built = await buildFixture('./threads/encoder.ts', ['encoder-thread']);
});
afterAll(async () => {
  await removeServer(built);
  await rm(directory, { recursive: true });
});

const span = {
  traceId: 'ab'.repeat(16),
  spanId: 'cd'.repeat(8),
  name: 'n',
  startTimeUnixNano: '1',
  endTimeUnixNano: '2',
};

async function segmentIn(spoolDirectory: string): Promise<Segment> {
  const spool = await Spool.open({ directory: spoolDirectory });
  await spool.append(writeTraces({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }));
  await spool.close();
  return spool.sealed()[0] as Segment;
}

test('the thread is there while there is something to encode, and comes back for more', async () => {
  const { Encoder } = (await import(built)) as typeof import('./encoder.ts');
  const [spoolDirectory, blockDirectory] = [join(directory, 'spool'), join(directory, 'inserts')];
  const segment = await segmentIn(spoolDirectory);
  const encoder = new Encoder({ writer: 3, spoolDirectory, blockDirectory }, (error) => expect.fail(error.message), 50);
  expect(encoder.isRunning).toBe(false);

  const [first, beside] = await Promise.all([encoder.encode(segment), encoder.encode(segment)]);
  expect(encoder.isRunning).toBe(true);
  expect(first.batch).toMatchObject({ writer: 3, spanCount: 1, receivedAtMs: segment.number });
  expect(beside.batch?.spans.rowCount).toBe(1);
  await expect.poll(() => encoder.isRunning).toBe(false);

  const again = await encoder.encode(segment);
  expect(again.batch?.spanCount).toBe(1);
  if (process.platform === 'linux') expect(again.cpuSeconds).toBeGreaterThan(beside.cpuSeconds ?? 0);
  await encoder.stop();
});

test('blocks that an earlier process left are removed', async () => {
  const { Encoder } = (await import(built)) as typeof import('./encoder.ts');
  const blockDirectory = join(directory, 'inserts');
  await writeFile(join(blockDirectory, '1-1-spans.native'), 'x');
  new Encoder({ writer: 0, spoolDirectory: join(directory, 'spool'), blockDirectory }, () => undefined);
  expect(await readdir(blockDirectory)).toEqual([]);
});
