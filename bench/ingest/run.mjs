// What the backend takes in: spans a second by protocol, latencies, bytes on disk, when spans are found. npm run bench -- ingest [SECONDS] [--protocol http,json,grpc] [--rate SPANS] [--connections N] [--only protocols,probe,store]
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Backend } from './backend.mjs';
import { probe } from './probe.mjs';
import { startLoad } from './start-load.mjs';
import { storeAlone } from './store-alone.mjs';
import { cpuPerSpan } from './thread-cpu.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    protocol: { type: 'string', default: 'http,grpc,json' },
    rate: { type: 'string' },
    connections: { type: 'string', default: '16' },
    only: { type: 'string', default: 'protocols,probe,store' },
  },
});
const seconds = Number(positionals[0] ?? 300);
const resultFile = fileURLToPath(new URL('../results/ingest.json', import.meta.url));
/** What each must reach, in spans a second. */
const bars = { http: 60_000, grpc: 45_000, json: 20_000 };
const names = { http: 'OTLP/HTTP protobuf', grpc: 'OTLP/gRPC', json: 'OTLP/HTTP JSON' };
const has = (part) => options.only.split(',').includes(part);

/** What an earlier run found stays, so that parts can be measured by themselves. */
const results = existsSync(resultFile) ? JSON.parse(readFileSync(resultFile, 'utf8')) : {};
results.machine = { cpu: cpus()[0]?.model, cores: availableParallelism(), node: process.version };
if (has('protocols')) {
  results.protocols ??= {};
  for (const protocol of options.protocol.split(',')) results.protocols[protocol] = await sustained(protocol);
}
if (has('probe')) results.found = await foundAfter();
if (has('store')) results.storeAlone = await storeAlone();
writeFileSync(resultFile, `${JSON.stringify(results, null, 2)}\n`);
report();

async function sustained(protocol) {
  print(`\n${names[protocol]}: ${seconds} s …`);
  const backend = await new Backend().start();
  try {
    const resting = await backend.metrics();
    const load = await startLoad({
      protocol,
      address: protocol === 'grpc' ? backend.addresses.otlpGrpc : backend.addresses.otlpHttp,
      seconds,
      connections: Number(options.connections),
      rate: Number(options.rate ?? 0),
      firstPass: 1,
    });
    const before = await backend.cpu();
    const watch = watchMetrics(backend);
    const sent = await load.run();
    const watched = await watch.stop();
    const after = await backend.metrics();
    const drainMs = performance.now();
    const stored = await backend.stored(sent.acknowledged);
    const drainSeconds = (performance.now() - drainMs) / 1000;
    const drained = await backend.cpu();
    const bytesPerSpan = await settledBytesPerSpan(backend);
    const result = {
      seconds,
      spansPerSecond: sent.acknowledged / sent.seconds,
      acknowledged: sent.acknowledged,
      stored,
      failed: sent.failed,
      firstFailure: sent.firstFailure,
      p50Ms: sent.p50Us / 1000,
      p99Ms: sent.p99Us / 1000,
      drainSeconds,
      bytesPerSpanSent: load.bytesPerSpan,
      bytesPerSpan,
      restingMb: resting.process_resident_memory_bytes / 1e6,
      ...watched,
      cpuMicrosPerSpan: {
        ...cpuPerSpan(before, drained, sent.acknowledged),
        generator: Number(((sent.cpuSeconds * 1e6) / sent.acknowledged).toFixed(2)),
      },
      spoolMbAtEnd: after.sightline_spool_bytes / 1e6,
    };
    print(JSON.stringify(result, null, 1));
    return result;
  } finally {
    await backend.stop();
  }
}

/** The most memory, and the slowest event loop of the thread that serves pages, while it runs. */
function watchMetrics(backend) {
  let isOver = false;
  const seen = { mostMb: 0, loopP99Ms: 0 };
  const done = (async () => {
    await setTimeout(3_000);
    await backend.metrics();
    while (!isOver) {
      await setTimeout(5_000);
      const metrics = await backend.metrics();
      seen.mostMb = Math.max(seen.mostMb, metrics.process_resident_memory_bytes / 1e6);
      seen.loopP99Ms = Math.max(seen.loopP99Ms, metrics['sightline_event_loop_delay_seconds{quantile="0.99"}'] * 1000);
    }
  })();
  return {
    async stop() {
      isOver = true;
      await done;
      return seen;
    },
  };
}

async function settledBytesPerSpan(backend) {
  await backend.settled();
  const { spanCount, diskBytes } = await backend.status();
  return diskBytes / spanCount;
}

/** Between an answer and the span's being found, while 10,000 spans a second come in. */
async function foundAfter() {
  print('\nfrom answer to being found, at 10,000 spans/s …');
  const backend = await new Backend().start();
  try {
    const job = {
      protocol: 'http',
      address: backend.addresses.otlpHttp,
      seconds: 30,
      connections: 4,
      rate: 10_000,
      firstPass: 1,
    };
    const load = await startLoad(job);
    const running = load.run();
    await setTimeout(3_000);
    const found = await probe(backend.addresses, 40);
    const { acknowledged, seconds: took } = await running;
    const result = { ...found, spansPerSecond: acknowledged / took };
    print(JSON.stringify(result));
    return result;
  } finally {
    await backend.stop();
  }
}

function report() {
  const rows = Object.entries(results.protocols ?? {}).map(([protocol, of]) => {
    const stored = of.stored === of.acknowledged ? 'all' : `${of.stored} of ${of.acknowledged}`;
    return `| ${names[protocol]}, ${of.seconds} s | ${round(of.spansPerSecond)} (${round(bars[protocol])}) | ${of.p50Ms.toFixed(0)} · ${of.p99Ms.toFixed(0)} | ${stored} | ${of.bytesPerSpan.toFixed(1)} | ${of.restingMb.toFixed(0)} · ${of.mostMb.toFixed(0)} | ${of.loopP99Ms.toFixed(1)} |`;
  });
  const lines = [
    '| protocol, for how long | spans/s (bar) | answered, p50 · p99 ms (250) | stored | bytes/span on disk (45) | MB at rest · at most (350 · 1,200) | event loop p99 ms (20) |',
    '| --- | ---: | ---: | --- | ---: | ---: | ---: |',
    ...rows,
    '',
    `${results.machine.cpu}, ${results.machine.cores} cores, the load generator included; Node ${results.machine.node}.`,
    '',
  ];
  if (results.found)
    lines.push(
      `Found after the answer, at 10,000 spans/s: p50 ${round(results.found.p50Ms)} ms, most ${round(results.found.mostMs)} ms (bar 1,000).`,
      '',
    );
  if (results.storeAlone)
    lines.push(
      `Into the store alone, from spool segments: ${round(results.storeAlone.spansPerSecond)} spans/s (bar 200,000); ${round(results.storeAlone.least)} to ${round(results.storeAlone.most)} in five runs.`,
      '',
    );
  lines.push(...cpuTable());
  const text = lines.join('\n');
  writeFileSync(fileURLToPath(new URL('../results/ingest.md', import.meta.url)), text);
  print(`\n${text}`);
}

/** Where the time goes: until all is stored, merges that are left over not included. */
function cpuTable() {
  const measured = [
    ...Object.entries(results.protocols ?? {}).map(([protocol, of]) => [names[protocol], of.cpuMicrosPerSpan]),
    ['into the store alone', results.storeAlone?.cpuMicrosPerSpan],
  ].filter(([, micros]) => micros);
  const stages = ['receive', 'encode', 'insert', 'merge', 'serve', 'rest', 'all', 'generator'];
  return [
    `| CPU per span, µs | ${stages.join(' | ')} |`,
    `| --- |${' ---: |'.repeat(stages.length)}`,
    ...measured.map(
      ([name, micros]) => `| ${name} | ${stages.map((of) => micros[of]?.toFixed(1) ?? '').join(' | ')} |`,
    ),
    '',
  ];
}

function round(value) {
  return Math.round(value).toLocaleString('en');
}

function print(text) {
  process.stdout.write(`${text}\n`);
}
