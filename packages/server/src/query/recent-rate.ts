/**
 * How often spans come that a search may want: by what was counted of their names in this hour and the one before, and by how much quicker, or
 * slower, their services are now than they were on average in that time. One answer for all searches of some seconds: it says how
 * long a search's first slice is to be, for which a little old is good enough.
 */
import type { ReadableStore } from '../store/store.ts';
import type { CountedConditions } from './search-query.ts';
import { oneThread } from './threads.ts';
import { nowUnixNano, type TimeRange } from './time-range.ts';

const secondNano = 1_000_000_000n;
const minuteNano = 60n * secondNano;
const minuteSeconds = 60;
const hourSeconds = 3600n;

const maxAgeMs = 10_000;
/** More names are not remembered. */
const mostGroups = 10_000;
/** Of a minute that has only begun, less says nothing. */
const leastSeconds = 5;

interface Group {
  service: string;
  name: string;
  kind: number;
  spans: string;
  lastStart: string;
}

/** A service's spans by the minute in which they started. */
interface Pace {
  service: string;
  spans: string;
  ofMinute: string;
  ofMinuteBefore: string;
}

interface Rates {
  groups: Group[];
  /** By service: spans per second now, of as many as there were on average. */
  gains: Map<string, number>;
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
  const { groups, gains } = await recentRates(store, since);
  if (groups.length > mostGroups) return undefined;
  let spans = 0;
  let lastStart = 0n;
  for (const group of groups) {
    if (service !== undefined && group.service !== service) continue;
    if (name !== undefined && group.name !== name) continue;
    if (kind !== undefined && group.kind !== kind) continue;
    spans += Number(group.spans) * (gains.get(group.service) ?? 1);
    if (BigInt(group.lastStart) > lastStart) lastStart = BigInt(group.lastStart);
  }
  if (lastStart < endUnixNano - minuteNano) return undefined;
  return BigInt(Math.ceil(Number(endUnixNano - since * secondNano) / spans));
}

function recentRates(store: ReadableStore, sinceSeconds: bigint): Promise<Rates> {
  return store.recall(`rates ${sinceSeconds}`, maxAgeMs, async (any) => {
    const [groups, gains] = await Promise.all([readGroups(any, sinceSeconds), readGains(any, Number(sinceSeconds))]);
    return { groups, gains };
  });
}

function readGroups(store: ReadableStore, sinceSeconds: bigint): Promise<Group[]> {
  return store.query<Group>(
    `SELECT service_name AS service, name, kind, sum(span_count) AS spans, max(last_start_unix_nano) AS lastStart
     FROM span_names WHERE hour_unix >= {since:UInt64} GROUP BY service_name, name, kind LIMIT ${mostGroups + 1} ${oneThread}`,
    { since: String(sinceSeconds) },
  );
}

/** Of services alone: of their names, each has as many minutes. */
async function readGains(store: ReadableStore, sinceSeconds: number): Promise<Rates['gains']> {
  const nowSeconds = Date.now() / 1000;
  const minute = Math.floor(nowSeconds / minuteSeconds) * minuteSeconds;
  const paces = await store.query<Pace>(
    `SELECT service_name AS service, sum(span_count) AS spans, sumIf(span_count, minute_unix = {minute:UInt32}) AS ofMinute,
       sumIf(span_count, minute_unix = {minute:UInt32} - ${minuteSeconds}) AS ofMinuteBefore
     FROM span_metrics WHERE has_name = 0 AND minute_unix >= {since:UInt32} GROUP BY service_name ${oneThread}`,
    { minute, since: sinceSeconds },
  );
  return new Map(
    paces.map(({ service, spans, ofMinute, ofMinuteBefore }) => {
      const ofThisMinute = Number(ofMinute) / Math.max(leastSeconds, nowSeconds - minute);
      const now = Math.max(ofThisMinute, Number(ofMinuteBefore) / minuteSeconds);
      return [service, now > 0 ? now / (Number(spans) / (nowSeconds - sinceSeconds)) : 1];
    }),
  );
}

/** In seconds since 1970: the start of the hour before the one that the time lies in. */
export function hourBefore(unixNano: bigint): bigint {
  const hours = unixNano / secondNano / hourSeconds;
  return hours === 0n ? 0n : (hours - 1n) * hourSeconds;
}
