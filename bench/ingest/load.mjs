/** The load generator, a process of its own: sends what it is told, and says what was acknowledged. */
import { Histogram } from '../agent/histogram.mjs';
import { requestsOf } from '../traffic/shop.mjs';
import { baseNano, Template } from '../traffic/template.mjs';
import { senderOf } from './senders.mjs';

const requestSpans = 500;
/** 200,000 spans before anything repeats but ids and times. */
const templateCount = 400;
/** Traces of the templates start over so long a time. */
const spreadNano = 2_000_000_000n;

const job = JSON.parse(process.argv[2]);
const templates = makeTemplates(job.protocol === 'json');
process.send({
  ready: true,
  bytesPerSpan: templates.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / templates.length / requestSpans,
});
process.once('message', async () => {
  process.send(await run());
  process.disconnect();
});

function makeTemplates(isJson) {
  const traceAt = (number) => baseNano + (spreadNano * BigInt(number % 1000)) / 1000n;
  const { requests } = requestsOf(0, templateCount, requestSpans, traceAt);
  return requests.map((request) => new Template(request, isJson));
}

async function run() {
  const result = { acknowledged: 0, failed: 0, firstFailure: undefined };
  const latencies = new Histogram();
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  const endMs = startMs + job.seconds * 1000;
  let sent = 0;
  const connection = async () => {
    const send = senderOf(job.protocol, job.address);
    while (performance.now() < endMs) {
      const number = sent++;
      await pace(number, startMs);
      const pass = Math.floor(number / templates.length) + job.firstPass;
      // Used again only long after it was acknowledged: there are many more templates than connections.
      const bytes = templates[number % templates.length].at(pass, BigInt(Date.now()) * 1_000_000n - spreadNano);
      const sentMs = performance.now();
      await send(bytes).then(
        () => {
          result.acknowledged += requestSpans;
          latencies.add((performance.now() - sentMs) * 1000);
        },
        (error) => {
          result.failed += requestSpans;
          result.firstFailure ??= String(error);
        },
      );
    }
  };
  await Promise.all(Array.from({ length: job.connections }, connection));
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return {
    ...result,
    seconds,
    passes: Math.ceil(sent / templates.length),
    ...latencies.take(),
    cpuSeconds: (user + system) / 1e6,
  };
}

/** Where a rate is asked for: until request `number` is due. */
async function pace(number, startMs) {
  if (!job.rate) return;
  const dueMs = startMs + (number * requestSpans * 1000) / job.rate;
  const waitMs = dueMs - performance.now();
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
}
