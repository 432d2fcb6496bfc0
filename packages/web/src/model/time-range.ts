/** A page's time range: a stretch up to now by its name, or two instants. */
export interface TimeRange {
  /** `15m`, `6h`, …; not together with `from` and `to`. */
  last?: string;
  /** RFC 3339. */
  from?: string;
  to?: string;
}

export const defaultLast = '1h';

export const ranges: readonly { last: string; label: string; seconds: number }[] = [
  { last: '5m', label: 'Last 5 minutes', seconds: 300 },
  { last: '15m', label: 'Last 15 minutes', seconds: 900 },
  { last: '1h', label: 'Last hour', seconds: 3600 },
  { last: '6h', label: 'Last 6 hours', seconds: 21_600 },
  { last: '24h', label: 'Last 24 hours', seconds: 86_400 },
  { last: '7d', label: 'Last 7 days', seconds: 604_800 },
];

/** From a URL; the default stays out of it, and what is no time is dropped. */
export function readRange(raw: Record<string, unknown>): TimeRange {
  const from = instant(raw.from);
  const to = instant(raw.to);
  if (from || to) return { ...(from && { from }), ...(to && { to }) };
  const last = ranges.find((range) => range.last === raw.last)?.last;
  return last && last !== defaultLast ? { last } : {};
}

/** What of a page's state is its time range, to be carried to another page. */
export function rangeOf({ last, from, to }: TimeRange): TimeRange {
  return { ...(last && { last }), ...(from && { from }), ...(to && { to }) };
}

/** The time range asked for, as the API takes it; `end` is absent where it means now. */
export function timeRange({ last, from, to }: TimeRange, nowMs: number): { start: string; end?: string } {
  if (from || to) return { start: from ?? new Date(0).toISOString(), ...(to && { end: to }) };
  const range = ranges.find((known) => known.last === (last ?? defaultLast));
  return { start: new Date(nowMs - (range?.seconds ?? 3600) * 1000).toISOString() };
}

function instant(value: unknown): string | undefined {
  const time = Date.parse(typeof value === 'string' ? value.trim() : '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

export function rangeSeconds(range: TimeRange, nowMs: number): number {
  const { start, end } = timeRange(range, nowMs);
  return Math.max(1, ((end ? Date.parse(end) : nowMs) - Date.parse(start)) / 1000);
}
