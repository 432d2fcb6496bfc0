import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Spool, writeTraces } from '../store/built.mjs';
import { requestsOf } from '../traffic/shop.mjs';
import { baseNano } from '../traffic/template.mjs';
import { Backend } from './backend.mjs';
import { cpuPerSpan } from './thread-cpu.mjs';

const requestSpans = 500;
const requestCount = 800;
const copies = 5;

/** The speed of a machine that others use, too, varies by a third. */
const runs = 5;

/** A spool full of segments, as a crash would leave it, and how fast a new server moves it into the store: the run in the middle. */
export async function storeAlone() {
  process.stdout.write('\ninto the store alone, from spool segments …\n');
  const results = [];
  for (let run = 0; run < runs; run++) results.push(await runAlone());
  results.sort((a, b) => a.spansPerSecond - b.spansPerSecond);
  const [least, most] = [results[0].spansPerSecond, results.at(-1).spansPerSecond];
  return { ...results[Math.floor(runs / 2)], least, most };
}

async function runAlone() {
  const dataDir = mkdtempSync(join(tmpdir(), 'sightline-bench-'));
  const spans = await fillSpool(join(dataDir, 'spool'));
  const backend = await new Backend(dataDir).start();
  try {
    // The first segments went while the server started.
    const { spanCount: already } = await backend.status();
    const before = await backend.cpu();
    const startMs = performance.now();
    const stored = await backend.stored(spans);
    if (stored !== spans) throw new Error(`${stored} spans are stored, ${spans} were in the spool`);
    const seconds = (performance.now() - startMs) / 1000;
    const cpuMicrosPerSpan = cpuPerSpan(before, await backend.cpu(), spans - already);
    const result = { spansPerSecond: (spans - already) / seconds, spans: spans - already, seconds, cpuMicrosPerSpan };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return result;
  } finally {
    await backend.stop();
  }
}

async function fillSpool(directory) {
  const spool = await Spool.open({ directory });
  const { requests } = requestsOf(0, requestCount, requestSpans, (trace) => baseNano + BigInt(trace) * 1_000_000n);
  const payloads = requests.map((request) => writeTraces(request));
  for (let copy = 0; copy < copies; copy++) {
    for (let at = 0; at < payloads.length; at += 16) {
      await Promise.all(payloads.slice(at, at + 16).map((payload) => spool.append(payload)));
    }
  }
  await spool.close();
  return requestCount * requestSpans * copies;
}
