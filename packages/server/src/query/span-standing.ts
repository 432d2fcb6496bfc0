/** Where one span's duration stands among those of its service, name and kind. */
import type { SpanKindNumber, StandingResponse } from '@sightline/wire';
import type { ReadableStore } from '../store/store.ts';
import { type Durations, Histogram } from './histogram.ts';
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
  durations: Durations;
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
