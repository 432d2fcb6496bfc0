/** Times as Tempo takes them: seconds since 1970, milliseconds to nanoseconds by their size, or RFC 3339. */
import { parseDuration } from '@sightline/wire';
import { InvalidParameter } from '../../query/invalid-parameter.ts';
import type { QueryString } from '../query-string.ts';

export interface TempoTimes {
  start?: string;
  end?: string;
}

/** @returns what our own API takes; 0 and nothing mean the default */
export function readTempoTimes(query: QueryString): TempoTimes {
  const since = query.text('since');
  const start = since === undefined ? unixNanoOf(query.text('start')) : sinceNano(since);
  const end = unixNanoOf(query.text('end'));
  return { ...(start !== undefined && { start }), ...(end !== undefined && { end }) };
}

/** The number of digits tells what is counted: 10 for seconds until the year 2286, 13, 16 and 19 for the others. */
function unixNanoOf(text: string | undefined): string | undefined {
  if (text === undefined || text === '0') return undefined;
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  if (whole === undefined) return text;
  const missing = whole.length <= 11 ? 9 : whole.length <= 14 ? 6 : whole.length <= 17 ? 3 : 0;
  return `${whole}${missing === 9 ? fraction.padEnd(9, '0') : '0'.repeat(missing)}`;
}

function sinceNano(text: string): string {
  const nano = parseDuration(text);
  if (nano !== undefined) return String(BigInt(Date.now()) * 1_000_000n - nano);
  throw new InvalidParameter(
    'invalid-since',
    'since',
    `since=${JSON.stringify(text)} is not a duration: give a number with a unit, for example 15m or 3h.`,
  );
}
