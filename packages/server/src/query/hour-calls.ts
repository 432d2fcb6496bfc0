/** Who called whom in one hour: its spans, joined with their parents. A trace is on one shard, and so is the join. */
import type { DependencyKind } from '@sightline/wire';
import type { ReadableStore } from '../store/store.ts';
import type { Durations } from './histogram.ts';
import { before } from './time-range.ts';
import { isInPart, partsOf } from './trace-parts.ts';

/** Calls of one pair in ten minutes. */
export interface Calls {
  /** Since 1970, in tens of minutes. */
  part: string;
  parent: string;
  child: string;
  childKind: DependencyKind;
  /** Of a call to something that is no service by its name: a service has answered it. */
  isAnswered: 0 | 1;
  callCount: string;
  errorCount: string;
  durations: Durations;
}

/** The most frequent ones, where there are more. */
export const maxCallsPerHour = 10_000;

export interface HeldAtOnce {
  children: number;
  answers: number;
}

/**
 * A join holds children in memory, some 300 bytes each, and of what answers a call a hash, some 100: where there are more, traces are looked at a part
 * after the other.
 */
const mostHeld: HeldAtOnce = { children: 500_000, answers: 1_000_000 };

/** @param hourUnix its start, in seconds since 1970 */
export async function findCallsOfHour(
  store: Pick<ReadableStore, 'query'>,
  hourUnix: number,
  most: HeldAtOnce = mostHeld,
): Promise<Calls[]> {
  const values = valuesOf(hourUnix);
  const [counts] = await store.query<{ children: string; answers: string }>(
    `SELECT countIf(${isChild}) AS children, countIf(${isAnswer}) AS answers FROM spans WHERE ${mayBeChild}`,
    values,
  );
  const calls: Calls[] = [];
  for (const part of partsOf(Number(counts?.children), most.children)) {
    calls.push(...(await store.query<Calls>(servicesSql, { ...values, ...part })));
  }
  for (const part of partsOf(Number(counts?.answers), most.answers)) {
    calls.push(...(await store.query<Calls>(othersSql, { ...values, ...part })));
  }
  return calls;
}

const hourNano = 3_600_000_000_000n;
const minuteNano = 60_000_000_000n;

/** Parents may have started up to an hour before, what answers up to an hour after; and by clocks that differ a minute on the other side. */
function valuesOf(hourUnix: number): Record<string, string> {
  const start = BigInt(hourUnix) * 1_000_000_000n;
  const end = start + hourNano;
  const values = {
    start,
    end,
    parentsStart: before(start, hourNano),
    parentsEnd: end + minuteNano,
    childrenStart: before(start, minuteNano),
    childrenEnd: end + hourNano,
  };
  return Object.fromEntries(Object.entries(values).map(([name, nano]) => [name, String(nano)]));
}

const isInHour = 'start_unix_nano >= {start:UInt64} AND start_unix_nano < {end:UInt64}';
const mayBeParent = 'start_unix_nano >= {parentsStart:UInt64} AND start_unix_nano < {parentsEnd:UInt64}';
const mayBeChild = 'start_unix_nano >= {childrenStart:UInt64} AND start_unix_nano < {childrenEnd:UInt64}';

/** The other side of a call, as far as it is known: no client itself. */
const isChild = `${isInHour} AND kind NOT IN (3, 4) AND parent_span_id != toFixedString('', 8)`;
const isAnswer = `${mayBeChild} AND kind IN (2, 5)`;

const ofSpan = `intDiv(start_unix_nano, 600000000000) AS part, status_code = 2 AS isError,
  toUInt16(bitShiftRight(reinterpretAsUInt64(toFloat64(duration_nano)), 48)) AS bucket`;

/** Of calls in a group. */
const counted = 'count() AS spans, countIf(isError) AS errors, sumMap(map(bucket, toUInt64(1))) AS buckets';

/** Children are less than half of all spans: they are held, and what may be their parents passes by. */
const servicesSql = callsSql(`
  SELECT part, parents.service_name AS parent, children.service_name AS child, 'service' AS childKind, 0 AS isAnswered, ${counted}
  FROM (SELECT trace_id, span_id, service_name FROM spans WHERE ${mayBeParent} AND ${isInPart}) AS parents
  RIGHT SEMI JOIN (
    SELECT trace_id, parent_span_id, service_name, ${ofSpan} FROM spans WHERE ${isChild} AND ${isInPart}) AS children
  ON children.trace_id = parents.trace_id AND children.parent_span_id = parents.span_id
  WHERE parents.service_name != children.service_name
  GROUP BY part, parent, child`);

/** By what a client span may call its other side; conventions have renamed some. */
const namingKeys = {
  database: ['db.system.name', 'db.system'],
  databaseName: ['db.namespace', 'db.name'],
  messaging: ['messaging.system'],
  destination: ['messaging.destination.name'],
  peer: ['peer.service', 'server.address', 'net.peer.name'],
} as const;

const allNamingKeys = Object.values(namingKeys).flatMap((keys) => keys.map((key) => `'${key}'`));

/** Few calls differ in what names their other side: it is put together once for each that does, and not for each call, which is most of the time. */
const othersSql = callsSql(`
  SELECT part, parent, ${nameSql()} AS child, isAnswered, spans, errors, buckets,
    multiIf(${attribute('database')} != '', 'database', ${attribute('messaging')} != '', 'messaging', 'external') AS childKind
  FROM (
    SELECT part, parent, isAnswered, any(ofCall) AS naming, ${counted}
    FROM (
      SELECT ${ofSpan}, service_name AS parent, mapFilter((key, value) -> key IN (${allNamingKeys.join(', ')}), attr_string) AS ofCall,
        toUInt8(cityHash64(trace_id, span_id) IN (
          SELECT cityHash64(trace_id, parent_span_id) FROM spans WHERE ${isAnswer} AND ${isInPart})) AS isAnswered
      FROM spans WHERE ${isInHour} AND ${isInPart} AND kind IN (3, 4))
    GROUP BY part, parent, isAnswered, cityHash64(ofCall))
  WHERE child != ''`);

/** @param calls gives them in groups, of which several may be of the same pair */
function callsSql(calls: string): string {
  return `SELECT part, parent, child, childKind, isAnswered, sum(spans) AS callCount, sum(errors) AS errorCount,
      sumMap(buckets) AS allBuckets, (mapKeys(allBuckets), mapValues(allBuckets)) AS durations
    FROM (${calls})
    GROUP BY part, parent, child, childKind, isAnswered ORDER BY callCount DESC, parent, child LIMIT ${maxCallsPerHour}`;
}

/** What a client span calls its other side. */
function nameSql(): string {
  return `multiIf(
    ${attribute('database')} != '', ${joined(attribute('database'), attribute('databaseName'))},
    ${attribute('messaging')} != '', ${joined(attribute('messaging'), attribute('destination'))},
    ${attribute('peer')})`;
}

function joined(system: string, name: string): string {
  return `if(${name} = '', ${system}, concat(${system}, '/', ${name}))`;
}

/** The first of its keys that there is. */
function attribute(of: keyof typeof namingKeys): string {
  const values = namingKeys[of].map((key) => `nullIf(toString(naming['${key}']), '')`);
  return `ifNull(coalesce(${values.join(', ')}), '')`;
}
