/** What lists of names take: a time range that may be open, what they begin with, and how many. */
import { parseTime, parseTimeRange, type TimeRange } from '../query/time-range.ts';
import type { QueryString } from './query-string.ts';

const maxListed = 1000;

/** Open at an end that is not given: names are listed from all times unless asked otherwise. */
export function openRange(query: QueryString): Partial<TimeRange> {
  const start = query.text('start');
  const end = query.text('end');
  if (start !== undefined && end !== undefined) return parseTimeRange(start, end);
  return {
    ...(start === undefined ? {} : { startUnixNano: parseTime('start', start) }),
    ...(end === undefined ? {} : { endUnixNano: parseTime('end', end) }),
  };
}

export function completion(query: QueryString): { prefix?: string; limit: number } {
  const prefix = query.text('prefix');
  return { ...(prefix === undefined ? {} : { prefix }), limit: query.integer('limit', 100, maxListed) };
}
