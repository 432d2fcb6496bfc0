import type { ReadableStore } from '../store/store.ts';
import { oneThread } from './one-thread.ts';
import type { Snapshot } from './search-cursor.ts';
import type { SpanConditions } from './search-query.ts';
import { SqlParameters } from './sql-parameters.ts';
import type { TimeRange } from './time-range.ts';

const secondNano = 1_000_000_000n;

/** What spans are counted by. */
export type CountedConditions = Pick<SpanConditions, 'service' | 'name' | 'kind'>;

/** What a first page begins with. */
export interface Beginning {
  snapshot: Snapshot;
  /** The time in which one span starts that the conditions on what is counted select, on average. */
  nanoPerSpan: bigint;
}

/**
 * What a search looks at: the spans that have been counted by now, and the part of its time range in which any
 * of the service, name and kind were. It goes from one end of the range to the other in slices, and
 * need not begin where nothing is: for a service last seen hours ago, that is most of the work.
 */
export async function takeSnapshot(
  store: ReadableStore,
  { service, name, kind }: CountedConditions,
  range: TimeRange,
): Promise<Beginning> {
  const parameters = new SqlParameters();
  const all = ['true'];
  if (service !== undefined) all.push(`service_name = ${parameters.bind('String', service)}`);
  if (name !== undefined) all.push(`name = ${parameters.bind('String', name)}`);
  if (kind !== undefined) all.push(`kind = ${parameters.bind('UInt8', kind)}`);
  const counted = all.join(' AND ');
  const [row] = await store.query<{ received: string; firstHour: string; lastStart: string; spans: string }>(
    `SELECT toUnixTimestamp64Milli(max(last_received_at)) AS received, minIf(hour_unix, ${counted}) AS firstHour,
       maxIf(last_start_unix_nano, ${counted}) AS lastStart, sumIf(span_count, ${counted}) AS spans
     FROM span_names ${oneThread}`,
    parameters.values,
  );
  const { startUnixNano, endUnixNano } = range;
  const receivedUntilMs = Number(row?.received ?? 0);
  const firstNano = BigInt(row?.firstHour ?? 0) * secondNano;
  const lastNano = BigInt(row?.lastStart ?? 0);
  const start = firstNano > startUnixNano ? firstNano : startUnixNano;
  const end = lastNano < endUnixNano ? lastNano : endUnixNano;
  const spans = BigInt(row?.spans ?? 0);
  const isAny = spans > 0n && start <= end;
  return {
    snapshot: { range: isAny ? { startUnixNano: start, endUnixNano: end } : emptyAt(endUnixNano), receivedUntilMs },
    nanoPerSpan: isAny && lastNano > firstNano ? (lastNano - firstNano) / spans : 0n,
  };
}

function emptyAt(unixNano: bigint): Snapshot['range'] {
  return { startUnixNano: unixNano, endUnixNano: unixNano };
}
