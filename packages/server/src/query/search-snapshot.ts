import type { ReadableStore } from '../store/store.ts';
import { hourBefore, recentRate } from './recent-rate.ts';
import type { Snapshot } from './search-cursor.ts';
import type { CountedConditions } from './search-query.ts';
import { SqlParameters } from './sql-parameters.ts';
import { oneThread } from './threads.ts';
import type { TimeRange } from './time-range.ts';

const secondNano = 1_000_000_000n;

/** What a first page begins with. */
export interface Beginning {
  snapshot: Snapshot;
  /** The time in which one more trace has a span, at a guess, that the conditions on what is counted select; of late, where there are any. 0: not known. */
  nanoPerTrace: bigint;
}

/** A service has several spans in a trace, fewer of them have one name; and more may be asked of them than is counted. */
const spansPerTrace = { ofName: 2n, ofAny: 4n };

/**
 * What a search looks at: the spans that have been counted by now, and the part of its time range in which any
 * of the service, name and kind were. It goes from one end of the range to the other in slices, and
 * need not begin where nothing is: for a service last seen hours ago, that is most of the work. Of what comes all the
 * time, it is enough to know how often.
 */
export async function takeSnapshot(
  store: ReadableStore,
  conditions: CountedConditions,
  range: TimeRange,
): Promise<Beginning> {
  const [receivedUntilMs, nanoPerSpan] = await Promise.all([
    store.receivedUntilMs(),
    recentRate(store, conditions, range),
  ]);
  const spans = conditions.name === undefined ? spansPerTrace.ofAny : spansPerTrace.ofName;
  if (nanoPerSpan !== undefined) return { snapshot: { range, receivedUntilMs }, nanoPerTrace: nanoPerSpan * spans };
  const { startUnixNano, endUnixNano } = range;
  const lateSeconds = hourBefore(endUnixNano);
  const counted = await readCounted(store, conditions, lateSeconds, endUnixNano / secondNano);
  const { firstNano, lastNano } = counted;
  const start = firstNano > startUnixNano ? firstNano : startUnixNano;
  const end = lastNano < endUnixNano ? lastNano : endUnixNano;
  const isAny = counted.spans > 0n && start <= end;
  return {
    snapshot: { range: isAny ? { startUnixNano: start, endUnixNano: end } : emptyAt(endUnixNano), receivedUntilMs },
    nanoPerTrace:
      spans *
      (perSpan(end - lateSeconds * secondNano, counted.lateSpans) || perSpan(lastNano - firstNano, counted.spans)),
  };
}

interface Counted {
  /** Of the hour in which the first one starts. */
  firstNano: bigint;
  lastNano: bigint;
  spans: bigint;
  /** Those of the hours from `lateSeconds` to `endSeconds`. */
  lateSpans: bigint;
}

async function readCounted(
  store: ReadableStore,
  { service, name, kind }: CountedConditions,
  lateSeconds: bigint,
  endSeconds: bigint,
): Promise<Counted> {
  const parameters = new SqlParameters();
  const all: string[] = [];
  if (service !== undefined) all.push(`service_name = ${parameters.bind('String', service)}`);
  if (name !== undefined) all.push(`name = ${parameters.bind('String', name)}`);
  if (kind !== undefined) all.push(`kind = ${parameters.bind('UInt8', kind)}`);
  const isLate = `hour_unix BETWEEN ${parameters.bind('UInt64', lateSeconds)} AND ${parameters.bind('UInt64', endSeconds)}`;
  const [row] = await store.query<Record<'firstHour' | 'lastStart' | 'spans' | 'lateSpans', string>>(
    `SELECT min(hour_unix) AS firstHour, max(last_start_unix_nano) AS lastStart, sum(span_count) AS spans, sumIf(span_count, ${isLate}) AS lateSpans
     FROM span_names ${all.length === 0 ? '' : `WHERE ${all.join(' AND ')}`} ${oneThread}`,
    parameters.values,
  );
  return {
    firstNano: BigInt(row?.firstHour ?? 0) * secondNano,
    lastNano: BigInt(row?.lastStart ?? 0),
    spans: BigInt(row?.spans ?? 0),
    lateSpans: BigInt(row?.lateSpans ?? 0),
  };
}

function perSpan(nano: bigint, spans: bigint): bigint {
  return spans > 0n && nano > 0n ? nano / spans : 0n;
}

function emptyAt(unixNano: bigint): Snapshot['range'] {
  return { startUnixNano: unixNano, endUnixNano: unixNano };
}
