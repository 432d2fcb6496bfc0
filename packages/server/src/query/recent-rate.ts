/**
 * How often spans come that a search may want, by what was counted in this hour and the one before: one answer for all
 * searches of some seconds. It says how long a search's first slice is to be, for which a little old is good enough.
 */
import type { ReadableStore } from '../store/store.ts';
import { oneThread } from './one-thread.ts';
import type { CountedConditions } from './search-query.ts';
import { nowUnixNano, type TimeRange } from './time-range.ts';

const secondNano = 1_000_000_000n;
const minuteNano = 60n * secondNano;
const hourSeconds = 3600n;

const maxAgeMs = 10_000;
/** More names are not remembered. */
const mostGroups = 10_000;

interface Group {
  service: string;
  name: string;
  kind: number;
  spans: string;
  lastStart: string;
}

/**
 * The time in which one span starts that `conditions` select, on average, where the range ends now and the last such span
 * started within its last minute: then there is nothing to skip at its end.
 * @returns nanoseconds; undefined where that is not so, or not known
 */
export async function recentRate(
  store: ReadableStore,
  { service, name, kind }: CountedConditions,
  { endUnixNano }: TimeRange,
): Promise<bigint | undefined> {
  const now = nowUnixNano();
  if (endUnixNano < now - minuteNano || endUnixNano > now + minuteNano) return undefined;
  const since = hourBefore(endUnixNano);
  const groups = await recentGroups(store, since);
  if (groups.length > mostGroups) return undefined;
  let spans = 0n;
  let lastStart = 0n;
  for (const group of groups) {
    if (service !== undefined && group.service !== service) continue;
    if (name !== undefined && group.name !== name) continue;
    if (kind !== undefined && group.kind !== kind) continue;
    spans += BigInt(group.spans);
    if (BigInt(group.lastStart) > lastStart) lastStart = BigInt(group.lastStart);
  }
  return lastStart < endUnixNano - minuteNano ? undefined : (endUnixNano - since * secondNano) / spans;
}

function recentGroups(store: ReadableStore, sinceSeconds: bigint): Promise<Group[]> {
  return store.recall(`rates ${sinceSeconds}`, maxAgeMs, (any) =>
    any.query<Group>(
      `SELECT service_name AS service, name, kind, sum(span_count) AS spans, max(last_start_unix_nano) AS lastStart
       FROM span_names WHERE hour_unix >= {since:UInt64} GROUP BY service_name, name, kind LIMIT ${mostGroups + 1} ${oneThread}`,
      { since: String(sinceSeconds) },
    ),
  );
}

/** In seconds since 1970: the start of the hour before the one that the time lies in. */
export function hourBefore(unixNano: bigint): bigint {
  const hours = unixNano / secondNano / hourSeconds;
  return hours === 0n ? 0n : (hours - 1n) * hourSeconds;
}
