// How fast the embedded store takes spans and answers: inserts, bytes per span, trace by id, searches; or beside other schemas. npm run bench -- store [SPANS] [--columns] [--keep DIR] [--alternatives [--only WORDS] [--warm]]
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTrace, openEmbeddedStore, parseSearch, search } from './built.mjs';
import { fill, Traffic } from './fill.mjs';

const spanCount = Number(process.argv.find((word) => /^\d+$/.test(word)) ?? 2_000_000);
const kept = process.argv[process.argv.indexOf('--keep') + 1];
const isKept = process.argv.includes('--keep');
const dataDir = isKept ? kept : mkdtempSync(join(tmpdir(), 'sightline-bench-'));
const rounds = 30;
const traffic = new Traffic(spanCount);

const store = await openEmbeddedStore({ dataDir });
try {
  await fillUp();
  if (!process.argv.includes('--alternatives')) await run();
} finally {
  await store.close();
  if (process.argv.includes('--alternatives')) await compare();
  if (!isKept) rmSync(dataDir, { recursive: true, force: true });
}

async function compare() {
  const { compareAlternatives } = await import('./compare-alternatives.mjs');
  const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : '';
  await compareAlternatives(dataDir, { only, isCold: !process.argv.includes('--warm') }, print);
}

async function fillUp() {
  const known = (await store.stats()).spanCount;
  if (known < spanCount) {
    const { spans, insertSeconds, encodeSeconds } = await fill(store, traffic, known / 200_000, traffic.passCount);
    const perSecond = (seconds) => Math.round(spans / seconds).toLocaleString('en');
    print(
      `${perSecond(insertSeconds)} spans/s inserted, ${perSecond(encodeSeconds)} spans/s encoded, one after the other`,
    );
  }
  await settle();
}

async function run() {
  const { diskBytes, spanCount: stored } = await store.stats();
  if (process.argv.includes('--columns')) await printColumns(stored);
  const perSpan = (diskBytes / stored).toFixed(1);
  print(`${stored.toLocaleString('en')} spans, ${perSpan} bytes on disk per span, ${availableParallelism()} cores\n`);
  print('| query | p50 | p95 | most |\n| --- | ---: | ---: | ---: |');
  for (const [name, ask] of Object.entries(questions())) await measure(name, ask);
}

/** Each with another value in every round, so that no round finds the last one's blocks in a cache. */
function questions() {
  const pass = (round) => Math.floor(traffic.passCount * ((round * 0.618034) % 1));
  const range = { start: '2026-07-01T00:00:00Z', end: '2026-07-02T01:00:00Z' };
  const find = (asked) => search(store, parseSearch({ ...range, limit: 20, ...asked }));
  const services = ['gateway', 'cart', 'catalog', 'checkout', 'payments', 'search', 'shipping', 'pricing'];
  const service = (round) => services[round % services.length];
  return {
    'trace by id': async (round) => {
      const trace = await findTrace(store, traffic.traceIdIn(pass(round), round * 31));
      if (!trace) throw new Error('the trace is not there');
    },
    'newest of a service': (round) => find({ service: service(round) }),
    'newest of a service and name': (round) =>
      find({ service: service(round), name: `GET /${service(round)}/:id/part-${round % 20}` }),
    'attribute, rare': (round) => find({ attribute: [`user.id=${traffic.userIn(pass(round), round * 31)}`] }),
    'attribute, common': (round) => find({ attribute: [`http.response.status_code=${round % 2 ? 500 : 200}`] }),
    'attribute, absent': (round) => find({ attribute: [`user.id=nobody-${round}`] }),
    'all filters': (round) =>
      find({
        service: service(round),
        attribute: ['http.response.status_code=500', `url.scheme=https`],
        minDuration: '20ms',
        status: 'error',
      }),
    'all filters, rare attribute': (round) =>
      find({
        service: service(round),
        attribute: [`user.id=${traffic.userIn(pass(round), round * 31)}`],
        minDuration: '1ms',
        status: 'unset',
      }),
    'longest of a service': (round) => find({ service: service(round), order: 'longest' }),
  };
}

async function measure(name, ask) {
  const times = [];
  for (let round = -2; round < rounds; round++) {
    const start = performance.now();
    await ask(round + 3);
    if (round >= 0) times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const at = (part) => `${times[Math.min(rounds - 1, Math.floor(rounds * part))].toFixed(0)} ms`;
  print(`| ${name} | ${at(0.5)} | ${at(0.95)} | ${at(1)} |`);
}

/** Merges that the filling left behind would compete with the queries. */
async function settle() {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; ) {
    const [row] = await store.query('SELECT count() AS running FROM system.merges');
    if (Number(row.running) === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Where the bytes are: columns and indexes, largest first. */
async function printColumns(stored) {
  const rows = await store.query(
    `SELECT name, sum(bytes) AS bytes FROM (
       SELECT column AS name, sum(column_data_compressed_bytes) AS bytes FROM system.parts_columns
       WHERE database = 'sightline' AND table = 'spans' AND active GROUP BY name
       UNION ALL
       SELECT concat('index ', name), data_compressed_bytes FROM system.data_skipping_indices
       WHERE database = 'sightline' AND table = 'spans')
     GROUP BY name HAVING bytes > 0 ORDER BY bytes DESC`,
  );
  print('| column | bytes per span |\n| --- | ---: |');
  for (const { name, bytes } of rows) print(`| ${name} | ${(Number(bytes) / stored).toFixed(2)} |`);
  print('');
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
