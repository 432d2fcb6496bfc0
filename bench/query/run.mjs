// How quickly the backend answers while 5,000 spans/s come in: warm, and with its files not in memory. npm run bench -- query [SPANS] [--keep DIR] [--rounds N] [--only WORDS]

import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Backend } from '../ingest/backend.mjs';
import { startLoad } from '../ingest/start-load.mjs';
import { forgetFiles } from '../store/forget-files.mjs';
import { fillStore } from './fill-store.mjs';
import { questions } from './questions.mjs';
import { report } from './report.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    keep: { type: 'string' },
    rounds: { type: 'string', default: '100' },
    only: { type: 'string', default: '' },
  },
});
const spanCount = Number(positionals[0] ?? 10_000_000);
const rounds = Number(options.rounds);
const coldRounds = Math.min(10, rounds);
/** Not measured: a server that has just started has compiled nothing of what answers, and V8 takes 100 to 150 answers of a kind to be done with it. */
const first = { leastRounds: 20, mostRounds: 200, mostMs: 10_000 };
const incomingPerSecond = 5_000;

/** An answer that is an error. */
class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const filledDir = options.keep ?? mkdtempSync(join(tmpdir(), 'sightline-bench-'));
process.stdout.write(`${spanCount.toLocaleString('en')} spans into ${filledDir} …\n`);
const data = await fillStore(filledDir, spanCount, (line) => process.stdout.write(`${line}\n`));
const dataDir = options.keep === undefined ? filledDir : linked(filledDir);
const backend = await new Backend(dataDir).start();
// Its collector is done when it says so, and takes no other core meanwhile.
const asker = fork(new URL('./asker.mjs', import.meta.url), { execArgv: ['--expose-gc', '--single-threaded-gc'] });
try {
  await backend.settled();
  const load = await startLoad({
    protocol: 'http',
    address: backend.addresses.otlpHttp,
    seconds: 24 * 3600,
    connections: 4,
    rate: incomingPerSecond,
    firstPass: 100_000,
  });
  load.begin();
  // So that it is not its beginning that is measured: nothing came for hours before it.
  await setTimeout(20_000);
  const asked = Object.entries(questions).filter(([name]) => name.includes(options.only));
  const answers = {};
  // All of them, before the first is measured: they share most of what V8 is to compile.
  for (const [name, question] of asked) {
    answers[name] = await warmUp(name, question).catch(refused);
    process.stdout.write(`${name}: ${JSON.stringify(answers[name])}\n`);
  }
  const answered = asked.filter(([name]) => answers[name].failure === undefined);
  for (const [name, question] of answered) {
    answers[name].warm = parts(await measureWarm(name, question, answers[name].firstRounds));
    process.stdout.write(`${name}: ${JSON.stringify(answers[name])}\n`);
  }
  // After all that is to be warm: it leaves the store's files out of memory for whatever is asked next.
  for (const [name, question] of answered.filter(([, { bars }]) => bars.cold !== undefined)) {
    answers[name].cold = parts(await measureCold(name, question, answers[name].firstRounds + rounds));
    process.stdout.write(`${name}: ${JSON.stringify(answers[name])}\n`);
  }
  load.end();
  const machine = { cpu: cpus()[0]?.model, cores: availableParallelism(), node: process.version };
  report(spanCount, answers, { ...machine, load: loadavg()[1] });
} finally {
  asker.kill();
  await backend.stop();
}

/** The same files under other names: what comes in while it is measured is not in the store that is kept. ClickHouse never changes a file of a part. */
function linked(directory) {
  const copy = `${directory}-measured`;
  rmSync(copy, { recursive: true, force: true });
  execFileSync('cp', ['-al', directory, copy]);
  return copy;
}

/** What the API does not know is told of; anything else ends the measurement. */
function refused(error) {
  if (error instanceof Refusal && error.status < 500) return { failure: error.message };
  throw error;
}

async function measureWarm(name, question, firstRound) {
  const ms = [];
  for (let round = 0; round < rounds; round++) ms.push(await ask(name, question, firstRound + round));
  return ms;
}

async function measureCold(name, question, firstRound) {
  const ms = [];
  for (let round = 0; round < coldRounds; round++) {
    forgetFiles(join(dataDir, 'clickhouse', 'store'));
    ms.push(await ask(name, question, firstRound + round));
  }
  return ms;
}

/** Until it answers as quickly as it will. */
async function warmUp(name, question) {
  const endMs = performance.now() + first.mostMs;
  let round = 0;
  while (round < first.leastRounds || (round < first.mostRounds && performance.now() < endMs)) {
    await ask(name, question, round++);
  }
  return { firstRounds: round };
}

async function ask(name, { path }, round) {
  asker.send({ name, url: `${backend.addresses.http}/api/v1${path(data, round)}` });
  const [{ tookMs, status, failure }] = await once(asker, 'message');
  if (status !== undefined) throw new Refusal(status, failure);
  if (failure !== undefined) throw new Error(failure);
  return tookMs;
}

function parts(values) {
  return { p50Ms: part(values, 0.5), p95Ms: part(values, 0.95), p99Ms: part(values, 0.99) };
}

/** The least value that so many are not above. */
function part(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.ceil(sorted.length * share) - 1]);
}
