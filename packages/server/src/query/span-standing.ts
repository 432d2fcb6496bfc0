/** Where one span's duration stands among those of its service, name and kind. */
import type { SpanKindNumber, StandingResponse } from '@sightline/wire';
import type { ReadableStore } from '../store/store.ts';
import { bucketMiddle, bucketOf, bucketStart } from './histogram.ts';
import { nowUnixNano, type TimeRange } from './time-range.ts';
import { inTraceIds } from './trace-summaries.ts';

interface Subject {
  service: string;
  name: string;
  kind: SpanKindNumber;
  start: string;
  duration: string;
}

interface Counted {
  spanCount: string;
  errorCount: string;
  durations: [buckets: number[], counts: string[]];
}

const hourNano = 3_600_000_000_000n;
const minuteNano = 60_000_000_000n;
/** Of the minutes that have spans in the uppermost bucket: how many are searched for the longest one. */
const maxMinutes = 1000;

/** @returns undefined where there is no such span */
export async function findStanding(
  store: ReadableStore,
  traceId: string,
  spanId: string,
): Promise<StandingResponse | undefined> {
  const [subject] = await store.query<Subject>(
    `SELECT service_name AS service, name, kind, start_unix_nano AS start, duration_nano AS duration FROM spans
     PREWHERE ${inTraceIds} WHERE span_id = toFixedString(unhex({spanId:String}), 8) ORDER BY start, kind LIMIT 1`,
    { traceIds: [traceId], spanId },
  );
  if (!subject) return undefined;
  const range = dayOf(BigInt(subject.start));
  const [counted] = await store.query<Counted>(
    `SELECT sum(span_count) AS spanCount, sum(error_count) AS errorCount, sumMap(durations) AS durations
     FROM span_metrics WHERE ${isLike}`,
    valuesOf(subject, range),
  );
  const histogram = new Histogram(counted?.durations ?? [[], []]);
  return {
    startUnixNano: String(range.startUnixNano),
    endUnixNano: String(range.endUnixNano),
    spanCount: Number(counted?.spanCount ?? 0),
    errorCount: Number(counted?.errorCount ?? 0),
    slowerThan: histogram.shareBelow(Number(subject.duration)),
    p50Nano: histogram.percentile(0.5),
    p95Nano: histogram.percentile(0.95),
    p99Nano: histogram.percentile(0.99),
    maxNano: Math.max(Number(subject.duration), await longest(store, subject, range, histogram.lastBucket)),
  };
}

/** The last 24 hours, or those around a span that is not in their second half. In whole minutes. */
function dayOf(startUnixNano: bigint): TimeRange {
  const minute = startUnixNano - (startUnixNano % minuteNano);
  const now = nowUnixNano();
  const isRecent = startUnixNano <= now && now - startUnixNano <= 12n * hourNano;
  const end = isRecent ? now - (now % minuteNano) + minuteNano : minute + 12n * hourNano;
  return { startUnixNano: end > 24n * hourNano ? end - 24n * hourNano : 0n, endUnixNano: end };
}

const isLike = `has_name = 1 AND service_name = {service:String} AND name = {name:String} AND kind = {kind:UInt8}
  AND minute_unix >= {startUnix:UInt64} AND minute_unix < {endUnix:UInt64}`;

function valuesOf(
  { service, name, kind }: Subject,
  { startUnixNano, endUnixNano }: TimeRange,
): Record<string, unknown> {
  const [startUnix, endUnix] = [startUnixNano, endUnixNano].map((nano) => String(nano / 1_000_000_000n));
  return { service, name, kind, startUnix, endUnix };
}

/** Exactly: it is known in which minutes it may lie. */
async function longest(store: ReadableStore, subject: Subject, range: TimeRange, bucket: number): Promise<number> {
  const minutes = await store.query<{ minute: number }>(
    `SELECT DISTINCT intDiv(minute_unix, 60) AS minute FROM span_metrics
     WHERE ${isLike} AND has(durations.1, {bucket:UInt16}) LIMIT ${maxMinutes}`,
    { ...valuesOf(subject, range), bucket },
  );
  const [row] = await store.query<{ longest: string }>(
    `SELECT max(duration_nano) AS longest FROM spans
     PREWHERE intDiv(start_unix_nano, 60000000000) IN {minutes:Array(UInt64)}
     WHERE service_name = {service:String} AND spans.name = {name:String} AND kind = {kind:UInt8}`,
    { ...valuesOf(subject, range), minutes: minutes.map(({ minute }) => minute) },
  );
  return Number(row?.longest ?? 0);
}

class Histogram {
  readonly #buckets: readonly number[];
  readonly #counts: readonly number[];
  readonly #sum: number;

  constructor([buckets, counts]: Counted['durations']) {
    this.#buckets = buckets;
    this.#counts = counts.map(Number);
    this.#sum = this.#counts.reduce((sum, count) => sum + count, 0);
  }

  get lastBucket(): number {
    return this.#buckets.at(-1) ?? 0;
  }

  /** Of all but one of this duration itself, which share is shorter. In its own bucket they are taken as evenly spread. */
  shareBelow(nano: number): number {
    const own = bucketOf(nano);
    let below = 0;
    for (const [i, bucket] of this.#buckets.entries()) {
      const count = this.#counts[i] as number;
      if (bucket < own) below += count;
      else if (bucket === own)
        below += (count - 1) * ((nano - bucketStart(own)) / (bucketStart(own + 1) - bucketStart(own)));
    }
    return this.#sum <= 1 ? 0 : below / (this.#sum - 1);
  }

  /** As ClickHouse's quantileExactWeighted: the first bucket by whose end so many have come. */
  percentile(share: number): number {
    const wanted = Math.ceil(this.#sum * share);
    let seen = 0;
    for (const [i, bucket] of this.#buckets.entries()) {
      seen += this.#counts[i] as number;
      if (seen >= wanted) return bucketMiddle(bucket);
    }
    return 0;
  }
}
