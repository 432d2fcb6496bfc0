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

/** A join holds the parents in memory, some 300 bytes each: where there are more, traces are looked at a part after the other. */
const mostParents = 500_000;

/** @param hourUnix its start, in seconds since 1970 @param spansPerPart of the hour and what is looked at around it */
export async function findCallsOfHour(
  store: Pick<ReadableStore, 'query'>,
  hourUnix: number,
  spansPerPart: number = mostParents,
): Promise<Calls[]> {
  const values = valuesOf(hourUnix);
  const [row] = await store.query<{ spans: string }>(`SELECT count() AS spans FROM spans WHERE ${mayBeParent}`, values);
  const calls: Calls[] = [];
  for (const part of partsOf(Number(row?.spans ?? 0), spansPerPart)) {
    for (const sql of [servicesSql, othersSql]) {
      calls.push(...(await store.query<Calls>(sql, { ...values, ...part })));
    }
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

const ofSpan = `intDiv(start_unix_nano, 600000000000) AS part, status_code = 2 AS isError,
  toUInt16(bitShiftRight(reinterpretAsUInt64(toFloat64(duration_nano)), 48)) AS bucket`;

/** The other side of a call is a span of another service that is no client itself. */
const servicesSql = callsSql(`
  SELECT part, isError, bucket, parents.service_name AS parent, children.service_name AS child, 'service' AS childKind, 0 AS isAnswered
  FROM (
    SELECT trace_id, parent_span_id, service_name, ${ofSpan} FROM spans
    WHERE ${isInHour} AND ${isInPart} AND kind NOT IN (3, 4) AND parent_span_id != toFixedString('', 8)) AS children
  LEFT SEMI JOIN (SELECT trace_id, span_id, service_name FROM spans WHERE ${mayBeParent} AND ${isInPart}) AS parents
  ON children.trace_id = parents.trace_id AND children.parent_span_id = parents.span_id
  WHERE parents.service_name != children.service_name`);

const othersSql = callsSql(`
  SELECT part, isError, bucket, service_name AS parent, ${nameSql()} AS child,
    multiIf(${attribute('db.system.name', 'db.system')} != '', 'database', ${attribute('messaging.system')} != '', 'messaging', 'external') AS childKind,
    toUInt8(cityHash64(trace_id, span_id) IN (
      SELECT cityHash64(trace_id, parent_span_id) FROM spans WHERE ${mayBeChild} AND ${isInPart} AND kind IN (2, 5))) AS isAnswered
  FROM (SELECT trace_id, span_id, service_name, attr_string, ${ofSpan} FROM spans WHERE ${isInHour} AND ${isInPart} AND kind IN (3, 4))
  WHERE child != ''`);

function callsSql(calls: string): string {
  return `SELECT part, parent, child, childKind, isAnswered, sum(spans) AS callCount, sum(errors) AS errorCount,
      arraySort(groupArray((bucket, spans))) AS counted, (counted.1, counted.2) AS durations
    FROM (
      SELECT part, parent, child, childKind, isAnswered, bucket, count() AS spans, countIf(isError) AS errors
      FROM (${calls}) GROUP BY part, parent, child, childKind, isAnswered, bucket)
    GROUP BY part, parent, child, childKind, isAnswered ORDER BY callCount DESC, parent, child LIMIT ${maxCallsPerHour}`;
}

/** What a client span calls its other side. */
function nameSql(): string {
  const database = attribute('db.system.name', 'db.system');
  const messaging = attribute('messaging.system');
  return `multiIf(
    ${database} != '', ${joined(database, attribute('db.namespace', 'db.name'))},
    ${messaging} != '', ${joined(messaging, attribute('messaging.destination.name'))},
    ${attribute('peer.service', 'server.address', 'net.peer.name')})`;
}

function joined(system: string, name: string): string {
  return `if(${name} = '', ${system}, concat(${system}, '/', ${name}))`;
}

/** The first of them that there is; conventions have renamed some. */
function attribute(...keys: string[]): string {
  const values = keys.map((key) => `nullIf(toString(attr_string['${key}']), '')`);
  return `ifNull(coalesce(${values.join(', ')}), '')`;
}
