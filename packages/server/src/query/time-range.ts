import { InvalidParameter } from './invalid-parameter.ts';

/** Both ends included. Nanoseconds since 1970, from 0 to 2⁶⁴−1. */
export interface TimeRange {
  startUnixNano: bigint;
  endUnixNano: bigint;
}

const hourNano = 3_600_000_000_000n;
const maxUnixNano = 2n ** 64n - 1n;

/** The last hour, where nothing is said. */
export function parseTimeRange(start: string | undefined, end: string | undefined): TimeRange {
  const endUnixNano = end === undefined ? nowUnixNano() : parseTime('end', end);
  const startUnixNano = start === undefined ? before(endUnixNano, hourNano) : parseTime('start', start);
  if (startUnixNano > endUnixNano) {
    throw new InvalidParameter(
      'invalid-time-range',
      'start',
      `start (${start}) lies after end (${end ?? 'now'}): swap them, or leave one out.`,
    );
  }
  return { startUnixNano, endUnixNano };
}

/** RFC 3339 with up to nine digits of a second's fraction, or nanoseconds since 1970. */
export function parseTime(field: string, text: string): bigint {
  const unixNano = /^\d{1,20}$/.test(text) ? BigInt(text) : parseRfc3339(text);
  if (unixNano !== undefined && unixNano >= 0n && unixNano <= maxUnixNano) return unixNano;
  throw new InvalidParameter(
    'invalid-time',
    field,
    `${field}=${JSON.stringify(text)} is not a time: give RFC 3339 (2026-07-01T12:00:00.5Z) or nanoseconds since 1970.`,
  );
}

function parseRfc3339(text: string): bigint | undefined {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/i.exec(text);
  if (!parts) return undefined;
  const [, seconds, fraction = '', zone] = parts;
  const ms = Date.parse(`${seconds}${zone}`);
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

export function nowUnixNano(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}

export function before(unixNano: bigint, nano: bigint): bigint {
  return unixNano > nano ? unixNano - nano : 0n;
}
