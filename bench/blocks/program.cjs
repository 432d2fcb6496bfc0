// Makes spans at a steady rate, and tells what the longest pieces of the agent's work were: process.argv is
// RATE per second, SECONDS, and bytes of TEXT in each span.
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { pieces, pauses, own, timed, watchCollector } = require('./probe.cjs');
const { trace } = createRequire(join(__dirname, '../../e2e/apps/otel/x.js'))('@opentelemetry/api');

const [ratePerSecond, seconds, textBytes] = process.argv.slice(2).map(Number);
const tracer = trace.getTracer('bench');
const text = 'x'.repeat(textBytes);
/** Spans at one go: what they take has to be short next to a block. */
const burst = 20;
const warmUpMs = 1_000;
let made = 0;
let mostBufferBytes = 0;
let mostResidentBytes = 0;
let startMs = performance.now();
let isWarm = false;

function spans() {
  for (let i = 0; i < burst; i++) {
    const attributes = { 'user.id': made, 'user.name': 'ada', 'cart.total': 12.5, 'cart.isEmpty': false, text };
    tracer.startSpan('step', { attributes }).end();
    made++;
  }
}

/** What was missed in a gap is made up for in the turns after it, one burst each, so that no block is the program's. */
function turn() {
  const elapsedMs = performance.now() - startMs;
  if (!isWarm && elapsedMs > warmUpMs) beginMeasuring();
  if (isWarm && elapsedMs > seconds * 1_000) return finish();
  if (made < (elapsedMs / 1_000) * ratePerSecond) timed('spans, 20 at one go', spans);
  own.setImmediate(turn);
}

function beginMeasuring() {
  isWarm = true;
  for (const name of Object.keys(pieces)) delete pieces[name];
  pauses.length = 0;
  startMs = performance.now();
  made = 0;
  watchCollector();
  watchMemory();
}

function watchMemory() {
  const { arrayBuffers, rss } = process.memoryUsage();
  mostBufferBytes = Math.max(mostBufferBytes, arrayBuffers);
  mostResidentBytes = Math.max(mostResidentBytes, rss);
  own.setTimeout(watchMemory, 20).unref();
}

/** The observer is told of the last pauses in a later turn. */
function finish() {
  own.setTimeout(report, 50);
}

function report() {
  process.send({ made, pieces, pauses, mostBufferBytes, mostResidentBytes }, () =>
    process.kill(process.pid, 'SIGKILL'),
  );
}

turn();
