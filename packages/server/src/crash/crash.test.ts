/**
 * A server under load is killed, at every step of a span's way to the store and at random, and the machine loses its power.
 * It starts again on what is left each time. What was lost or doubled in a round would stay so, and names the
 * round: so the store is looked through once, at the end.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildFixture, buildServer, removeServer, startChild } from '../server-child.fixture.ts';
import { openEmbeddedStore } from '../store/store.ts';
import type { KillPoint } from './kill-points.fixture.ts';
import { miscountsOf } from './miscounts.fixture.ts';
import { type DiskJournal, losePower, startJournal } from './power-loss.fixture.ts';
import { SpanLoad } from './span-load.fixture.ts';

const isLong = process.env.SIGHTLINE_E2E === 'long';
const timeout = isLong ? 1_200_000 : 120_000;

let program: string;
let killPoints: string;
let dataDir: string;
let journal: DiskJournal;

beforeAll(async () => {
  program = await buildServer();
  killPoints = await buildFixture('./crash/kill-points.fixture.ts');
  dataDir = await mkdtemp(join(tmpdir(), 'sightline-crash-'));
  journal = { path: `${dataDir}.journal`, directory: join(dataDir, 'spool') };
  startJournal(journal);
});
afterAll(async () => {
  await removeServer(program);
  await removeServer(killPoints);
  await rm(dataDir, { recursive: true, force: true });
  await rm(journal.path);
  await rm(`${journal.path}.removed`, { recursive: true });
});

const seed = 20_261_122;
const random = randomOf(seed);
const load = new SpanLoad(random);

/** One life of the server, on what the one before has left. */
interface Round {
  killAt?: KillPoint;
  isPowerLoss?: boolean;
}

async function live({ killAt, isPowerLoss = false }: Round): Promise<void> {
  const times = 1 + Math.floor(random() * (isLong ? 4 : 2));
  const round = `${killAt ?? 'random'}${isPowerLoss ? ', power' : ''} ${randomUUID().slice(0, 8)}`;
  const child = await startChild(
    program,
    { dataDir, logLevel: 'error' },
    {
      nodeArgs: ['--import', killPoints],
      env: { SIGHTLINE_TEST_JOURNAL: journal.path, ...(killAt && { SIGHTLINE_TEST_KILL: `${killAt}:${times}` }) },
    },
  );
  const timer = setTimeout(() => child.process.kill(killAt ? 'SIGTERM' : 'SIGKILL'), killAt ? 45_000 : random() * 300);
  // What an earlier round left is moved to the store at once: some steps are reached before anything is received.
  if (child.said.otlpHttp) await load.run(child.said.otlpHttp, round);
  expect(await child.exited, `${round}: ends where it should`).toBe('SIGKILL');
  clearTimeout(timer);
  if (isPowerLoss) losePower(journal, random);
}

/** After these the disk and the page cache may differ. */
const stepsOnDisk: KillPoint[] = [
  'after-create',
  'after-write',
  'before-fsync',
  'after-fsync',
  'before-answer',
  'after-answer',
  'before-removal',
  'after-removal',
];

const stepsInStore: KillPoint[] = ['during-insert', 'before-names', 'before-keys', 'before-metrics'];

test.each([...stepsOnDisk, ...stepsInStore])('is killed %s', { timeout }, async (killAt) => {
  for (let i = 0; i < (isLong ? 5 : 1); i++) await live({ killAt });
});

test.each(stepsOnDisk)('loses power %s', { timeout }, async (killAt) => {
  for (let i = 0; i < (isLong ? 5 : 1); i++) await live({ killAt, isPowerLoss: true });
});

test('what was not synced when it was killed is not lost to the tables that come last', { timeout }, async () => {
  for (let i = 0; i < (isLong ? 5 : 1); i++) {
    await live({ killAt: 'after-write' });
    await live({ killAt: 'before-metrics', isPowerLoss: true });
  }
});

test('is killed, and loses power, at random', { timeout }, async () => {
  const rounds = isLong ? 200 : 6;
  for (let i = 0; i < rounds; i++) await live({ isPowerLoss: i % 3 === 2 });
});

test('after all of it every acknowledged span is there exactly once', { timeout }, async () => {
  const last = await startChild(program, { dataDir, logLevel: 'error' });
  expect(await last.kill('SIGTERM')).toBe(0);

  const store = await openEmbeddedStore({ dataDir });
  const rows = await store.query<{ id: string; copies: string }>(
    'SELECT lower(hex(span_id)) AS id, count() AS copies FROM spans GROUP BY id',
  );
  const miscounts = await miscountsOf(store);
  await store.close();
  const stored = new Set(rows.map(({ id }) => id));
  expect(load.acknowledged.size).toBeGreaterThan(1000);
  expect(rows.filter(({ copies }) => copies !== '1').slice(0, 10), 'some are there more than once').toEqual([]);
  const lostIn = [...load.acknowledged].filter(([id]) => !stored.has(id)).map(([, round]) => round);
  expect([...new Set(lostIn)], `${lostIn.length} spans are lost, from these rounds`).toEqual([]);
  expect(rows.filter(({ id }) => !load.sent.has(id))).toEqual([]);
  expect(miscounts, 'the tables that count have counted each once, of every round').toEqual([]);
});

/** A small generator of its own (mulberry32), so that a run can be repeated with its seed. */
function randomOf(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
