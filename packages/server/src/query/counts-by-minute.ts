/**
 * Where spans are only counted, and steps are whole minutes: SQL that asks by the minute for what lies between the first and last whole
 * minutes of the time range, and reads the spans of the broken ones at its ends. ClickHouse then takes the whole ones from the projection
 * `minutes` (`store/schema.ts`), which has no spans in it but how many there are, as far as the question is about what that has, and is asked with
 * `optimize_use_projections`. Where it is not, this is as quick as any other way.
 */
import type { Window } from './metrics-query.ts';
import type { Search } from './prepare-search.ts';
import type { TimeRange } from './time-range.ts';

const minuteNano = 60_000_000_000n;
const minute = 'intDiv(start_unix_nano, 60000000000)';

/** In minutes since 1970: from `first`, before `end`. */
interface Minutes {
  first: bigint;
  end: bigint;
}

/** @returns undefined where steps, or the time range, have no whole minutes */
export function wholeMinutes({ stepNano }: Window, { startUnixNano, endUnixNano }: TimeRange): Minutes | undefined {
  const minutes = { first: (startUnixNano + minuteNano - 1n) / minuteNano, end: (endUnixNano + 1n) / minuteNano };
  return stepNano % minuteNano === 0n && minutes.first < minutes.end ? minutes : undefined;
}

/**
 * @param grouped what besides the step is grouped by
 * @returns rows of `step`, the groups, and how many spans are `aggregated` in them
 */
export function countsSql(
  { columns, anyTime, attributes, parameters }: Search,
  window: Window,
  minutes: Minutes,
  grouped: readonly { sql: string; name: string }[],
): string {
  const bind = (nano: bigint): string => parameters.bind('UInt64', nano);
  const keys = ['step', ...grouped.map(({ name }) => name)].join(', ');
  const counted = (step: string, condition: string): string => `
    SELECT toUInt32(${step}) AS step, ${grouped.map(({ sql, name }) => `${sql} AS ${name}, `).join('')} count() AS spans
    FROM spans WHERE ${condition} AND ${attributes} GROUP BY ${keys}`;
  const ofWhole = counted(
    `intDiv(${minute} - ${bind(window.startUnixNano / minuteNano)}, ${bind(window.stepNano / minuteNano)})`,
    `${minute} >= ${bind(minutes.first)} AND ${minute} < ${bind(minutes.end)} AND ${anyTime}`,
  );
  const ofBroken = counted(
    `intDiv(start_unix_nano - ${bind(window.startUnixNano)}, ${bind(window.stepNano)})`,
    `(start_unix_nano < ${bind(minutes.first * minuteNano)} OR start_unix_nano >= ${bind(minutes.end * minuteNano)}) AND ${columns}`,
  );
  return `SELECT ${keys}, toFloat64(sum(spans)) AS aggregated FROM (${ofWhole} UNION ALL ${ofBroken}) GROUP BY ${keys}`;
}
