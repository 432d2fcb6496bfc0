/** Times and lengths of time as the pages write them. */
import { formatDuration } from '@sightline/wire';

/** A length of time given in (possibly broken) nanoseconds. */
export function nanoText(nano: number): string {
  return formatDuration(BigInt(Math.round(nano)));
}

/** `just now`, `40 s ago`, `5 min ago`, `3 h ago`, `2 d ago`. */
export function ageText(thenMs: number, nowMs: number): string {
  const seconds = Math.floor((nowMs - thenMs) / 1000);
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

export function unixNanoToMs(unixNano: string | bigint): number {
  return Number(BigInt(unixNano) / 1000n) / 1000;
}

const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

/** `5 Jun 2026, 14:03:07.123`, in the reader's time zone. */
export function timeText(ms: number): string {
  return `${day.format(ms)}, ${clock.format(ms)}`;
}

export function clockText(ms: number): string {
  return clock.format(ms);
}

const count = new Intl.NumberFormat('en-US');

export function countText(number: number): string {
  return count.format(number);
}

/** `1 span`, `12,044 spans`. */
export function countOf(number: number, noun: string): string {
  return `${countText(number)} ${noun}${number === 1 ? '' : 's'}`;
}
