// Whether the agent leaks: minutes of load on connections that last, the heap after a forced collection every 20 s. npm run bench -- soak [MINUTES] [--kind keep-alive|long] [--node 20,24] [--rate N] [--bare]
// Fails where the heap of a warm program grows by more than 5 %.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Load } from './load.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kind: { type: 'string', default: 'keep-alive,long' },
    node: { type: 'string', default: '24' },
    rate: { type: 'string', default: '1000' },
    connections: { type: 'string', default: '50' },
    bare: { type: 'boolean', default: false },
  },
});
const durationMs = Number(positionals[0] ?? 10) * 60_000;
const everyMs = Math.min(20_000, durationMs / 20);
const toleratedGrowth = 0.05;
/** Of the samples: what code is compiled, and which pools are filled, takes a while to settle. */
const warmUpShare = 0.2;

const path = (file) => fileURLToPath(new URL(file, import.meta.url));
const register = path('../../packages/agent/dist/register.cjs');
const backend = await startBackend();
let hasGrown = false;
for (const node of options.node.split(',')) {
  for (const kind of options.kind.split(',')) hasGrown = (await soak(node, kind)) || hasGrown;
}
backend.close();
process.exitCode = hasGrown ? 1 : 0;

/** @returns whether the heap has grown by more than is tolerated */
async function soak(node, kind) {
  print(`\nNode ${node}, ${kind}, ${options.connections} connections, ${options.rate} per second`);
  print('   time     answers   heap MB   external MB   resident MB');
  const program = startProgram(node);
  const { port } = await program.next();
  const load = new Load(kind, port, Number(options.connections), Number(options.rate));
  const samples = [];
  const startMs = performance.now();
  for (let dueMs = everyMs; dueMs <= durationMs; dueMs += everyMs) {
    await new Promise((resolve) => setTimeout(resolve, startMs + dueMs - performance.now()));
    const { memory } = await program.ask();
    samples.push(memory);
    printSample(dueMs, load.answers, memory);
  }
  load.stop();
  program.stop();
  return isGrowing(samples);
}

/** By the least of each quarter: what is in flight, or waits for a finalizer, makes single samples larger. */
function isGrowing(samples) {
  const warm = samples.slice(Math.floor(samples.length * warmUpShare));
  const quarter = Math.max(1, warm.length >> 2);
  const growthOf = (name) => least(warm.slice(-quarter), name) / least(warm.slice(0, quarter), name) - 1;
  const growth = growthOf('heapUsed');
  const isFlat = growth <= toleratedGrowth;
  const others = `external ${percent(growthOf('external'))}, resident ${percent(growthOf('rss'))}`;
  print(`growth from the first quarter of the warm samples to the last: heap ${percent(growth)}, ${others}`);
  print(isFlat ? 'flat' : 'NOT FLAT');
  return !isFlat;
}

function startProgram(node) {
  const binary = path(`../../e2e/nodes/node_modules/node-${node}/bin/node`);
  const args = ['--expose-gc', ...(options.bare ? [] : ['--require', register]), path('program.cjs')];
  const { port } = backend.address();
  const child = spawn(binary, args, {
    env: { PATH: process.env.PATH, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = new Promise((_resolve, reject) => {
    child.once('exit', (code, signal) => reject(new Error(`the program ended with ${code ?? signal}`)));
  });
  ended.catch(() => {});
  const next = () => Promise.race([ended, new Promise((resolve) => child.once('message', resolve))]);
  const ask = () => {
    const answer = next();
    child.send('measure');
    return answer;
  };
  return { next, ask, stop: () => child.disconnect() };
}

function startBackend() {
  const server = createServer((request, response) => request.resume().on('end', () => response.end()));
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

function least(samples, name) {
  return Math.min(...samples.map((sample) => sample[name]));
}

function printSample(timeMs, answers, { heapUsed, external, rss }) {
  const [heap, outside, resident] = [heapUsed, external, rss].map((bytes) => (bytes / 1e6).toFixed(2));
  const seconds = (timeMs / 1_000).toFixed(0);
  print(
    `${seconds.padStart(5)} s${String(answers).padStart(12)}${heap.padStart(10)}${outside.padStart(14)}${resident.padStart(14)}`,
  );
}

function percent(share) {
  return `${share < 0 ? '' : '+'}${(share * 100).toFixed(1)} %`;
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
