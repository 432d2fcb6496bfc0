import { openEmbeddedStore, SpanEncoder, writeTraces } from '../store/built.mjs';
import { fill, Traffic } from '../store/fill.mjs';
import { insertBatch } from '../store/insert-batch.mjs';
import { largeTrace, largeTraceId } from '../traffic/large-trace.mjs';
import { mergeStore } from './merge-store.mjs';
import { repeatPass } from './repeat-pass.mjs';

const dayNano = 86_400_000_000_000n;
const hourNano = 3_600_000_000_000n;
const largeTraceSpans = 100_000;
const passSpans = 200_000;

/**
 * The last 24 hours of a shop, straight into the store, and one large trace; what is there already stays.
 * @returns what `questions.mjs` asks about
 */
export async function fillStore(dataDir, spanCount, print) {
  const { traffic, beginNano, passes } = await withStore(dataDir, (store) => encodeFirstPass(store, spanCount));
  if (passes < traffic.passCount) {
    const shiftNano = dayNano / BigInt(traffic.passCount);
    await repeatPass(dataDir, { from: passes, to: traffic.passCount, shiftNano }, print);
  }
  await withStore(dataDir, async (store) => {
    if (!(await hasLargeTrace(store))) await addLargeTrace(store, beginNano + dayNano / 2n);
  });
  await mergeStore(dataDir);
  return {
    traffic,
    largeTraceId,
    range: `start=${beginNano}`,
    hour: `start=${beginNano + dayNano / 2n}&end=${beginNano + dayNano / 2n + hourNano}`,
    /** The passes of the golden ratio: no two rounds ask for the same minutes. */
    pass: (round) => Math.floor(traffic.passCount * ((round * 0.618034) % 1)),
  };
}

async function withStore(dataDir, action) {
  const store = await openEmbeddedStore({ dataDir });
  try {
    return await action(store);
  } finally {
    await store.close();
  }
}

async function encodeFirstPass(store, spanCount) {
  const beginNano = await beginOf(store);
  const traffic = new Traffic(spanCount, beginNano);
  const known = (await store.stats()).spanCount - ((await hasLargeTrace(store)) ? largeTraceSpans : 0);
  if (known === 0) await fill(store, traffic, 0, 1);
  return { traffic, beginNano, passes: Math.max(1, Math.floor(known / passSpans)) };
}

/** When the stored day begins; a day ago where nothing is stored. */
async function beginOf(store) {
  const [{ first }] = await store.query('SELECT min(hour_unix) AS first FROM span_names');
  if (Number(first) === 0) return BigInt(Math.floor(Date.now() / 3_600_000)) * hourNano - dayNano;
  return BigInt(first) * 1_000_000_000n;
}

async function hasLargeTrace(store) {
  const [{ spans }] = await store.query(
    'SELECT count() AS spans FROM spans WHERE trace_id = unhex({traceId:String})::FixedString(16)',
    {
      traceId: largeTraceId,
    },
  );
  return Number(spans) === largeTraceSpans;
}

async function addLargeTrace(store, startNano) {
  const encoder = new SpanEncoder();
  for (const request of largeTrace(largeTraceSpans, startNano)) encoder.append(writeTraces(request));
  await insertBatch(store, encoder.finish(Math.max(Date.now(), (await store.lastReceivedAtMs()) + 1)));
}
