import type { ReadableStore } from '../store/store.ts';
import { oneThread } from './one-thread.ts';
import type { Snapshot } from './search-cursor.ts';
import type { SpanConditions } from './search-query.ts';
import { SqlParameters } from './sql-parameters.ts';
import type { TimeRange } from './time-range.ts';

const secondNano = 1_000_000_000n;
const hourSeconds = 3600n;

/** What spans are counted by. */
export type CountedConditions = Pick<SpanConditions, 'service' | 'name' | 'kind'>;

/** What a first page begins with. */
export interface Beginning {
  snapshot: Snapshot;
  /** The time in which one span starts that the conditions on what is counted select, on average; of late, where there are any. 0: not known. */
  nanoPerSpan: bigint;
}

/**
 * What a search looks at: the spans that have been counted by now, and the part of its time range in which any
 * of the service, name and kind were. It goes from one end of the range to the other in slices, and
 * need not begin where nothing is: for a service last seen hours ago, that is most of the work.
 */
export async function takeSnapshot(
  store: ReadableStore,
  conditions: CountedConditions,
  range: TimeRange,
): Promise<Beginning> {
  const { startUnixNano, endUnixNano } = range;
  const lateSeconds = hourBefore(endUnixNano);
  const counted = await readCounted(store, conditions, lateSeconds, endUnixNano / secondNano);
  const { firstNano, lastNano, spans, receivedUntilMs } = counted;
  const start = firstNano > startUnixNano ? firstNano : startUnixNano;
  const end = lastNano < endUnixNano ? lastNano : endUnixNano;
  const isAny = spans > 0n && start <= end;
  return {
    snapshot: { range: isAny ? { startUnixNano: start, endUnixNano: end } : emptyAt(endUnixNano), receivedUntilMs },
    nanoPerSpan: perSpan(end - lateSeconds * secondNano, counted.lateSpans) || perSpan(lastNano - firstNano, spans),
  };
}

interface Counted {
  receivedUntilMs: number;
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
  // Of a service, its rows alone are read; only the newest batch is looked for in all of them.
  const isAll = all.length === 0;
  const newest = isAll ? 'max(last_received_at)' : '(SELECT max(last_received_at) FROM span_names)';
  const isLate = `hour_unix BETWEEN ${parameters.bind('UInt64', lateSeconds)} AND ${parameters.bind('UInt64', endSeconds)}`;
  const [row] = await store.query<Record<'received' | 'firstHour' | 'lastStart' | 'spans' | 'lateSpans', string>>(
    `SELECT toUnixTimestamp64Milli(${newest}) AS received, min(hour_unix) AS firstHour,
       max(last_start_unix_nano) AS lastStart, sum(span_count) AS spans, sumIf(span_count, ${isLate}) AS lateSpans
     FROM span_names ${isAll ? '' : `WHERE ${all.join(' AND ')}`} ${oneThread}`,
    parameters.values,
  );
  return {
    receivedUntilMs: Number(row?.received ?? 0),
    firstNano: BigInt(row?.firstHour ?? 0) * secondNano,
    lastNano: BigInt(row?.lastStart ?? 0),
    spans: BigInt(row?.spans ?? 0),
    lateSpans: BigInt(row?.lateSpans ?? 0),
  };
}

/** In seconds: the start of the hour before the one that the time lies in. */
function hourBefore(unixNano: bigint): bigint {
  const hours = unixNano / secondNano / hourSeconds;
  return hours === 0n ? 0n : (hours - 1n) * hourSeconds;
}

function perSpan(nano: bigint, spans: bigint): bigint {
  return spans > 0n && nano > 0n ? nano / spans : 0n;
}

function emptyAt(unixNano: bigint): Snapshot['range'] {
  return { startUnixNano: unixNano, endUnixNano: unixNano };
}
