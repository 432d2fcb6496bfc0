/**
 * The search page's state, which is its URL: `/search?service=shop&tag=http.route%3D%2Fcart&last=6h`.
 * What is missing has its default, so that the plain URL is the plain search; what is wrong is
 * dropped rather than refused, since people edit URLs by hand.
 */
import type { SearchParameters, SearchStatus, TraceOrder } from '@sightline/wire';

export interface SearchState {
  service?: string;
  name?: string;
  /** `key=value`. */
  tag?: string[];
  min?: string;
  max?: string;
  status?: SearchStatus;
  /** `15m`, `6h`, …; not together with `from` and `to`. */
  last?: string;
  /** RFC 3339. */
  from?: string;
  to?: string;
  limit?: number;
  order?: TraceOrder;
  /** The scatter plot's axis. */
  scale?: 'linear';
  live?: true;
}

export const defaultLast = '1h';
export const defaultLimit = 50;
export const limits: readonly number[] = [20, 50, 100, 200, 500, 1000];

export const ranges: readonly { last: string; label: string; seconds: number }[] = [
  { last: '5m', label: 'Last 5 minutes', seconds: 300 },
  { last: '15m', label: 'Last 15 minutes', seconds: 900 },
  { last: '1h', label: 'Last hour', seconds: 3600 },
  { last: '6h', label: 'Last 6 hours', seconds: 21_600 },
  { last: '24h', label: 'Last 24 hours', seconds: 86_400 },
  { last: '7d', label: 'Last 7 days', seconds: 604_800 },
];

const orders: readonly TraceOrder[] = ['newest', 'oldest', 'longest', 'shortest', 'most-spans', 'most-errors'];
const statuses: readonly SearchStatus[] = ['error', 'ok', 'unset'];

export function readSearchState(raw: Record<string, unknown>): SearchState {
  const state: SearchState = {};
  for (const key of ['service', 'name', 'min', 'max'] as const) {
    const value = text(raw[key]);
    if (value) state[key] = value;
  }
  const tags = [raw.tag]
    .flat()
    .map(text)
    .filter((tag) => tag?.includes('='));
  if (tags.length > 0) state.tag = tags as string[];
  const status = statuses.find((known) => known === raw.status);
  if (status) state.status = status;
  readRange(raw, state);
  const limit = Number(raw.limit);
  if (limits.includes(limit) && limit !== defaultLimit) state.limit = limit;
  const order = orders.find((known) => known === raw.order);
  if (order && order !== 'newest') state.order = order;
  if (raw.scale === 'linear') state.scale = 'linear';
  if (raw.live === 'true' || raw.live === true) state.live = true;
  return state;
}

function readRange(raw: Record<string, unknown>, state: SearchState): void {
  const from = instant(raw.from);
  const to = instant(raw.to);
  if (from) state.from = from;
  if (to) state.to = to;
  const last = ranges.find((range) => range.last === raw.last)?.last;
  if (last && !from && !to && last !== defaultLast) state.last = last;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function instant(value: unknown): string | undefined {
  const time = Date.parse(text(value) ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** The time range asked for, as the API takes it; `end` is absent where it means now. */
export function timeRange(state: SearchState, nowMs: number): { start: string; end?: string } {
  if (state.from || state.to) {
    return { start: state.from ?? new Date(0).toISOString(), ...(state.to && { end: state.to }) };
  }
  const range = ranges.find(({ last }) => last === (state.last ?? defaultLast));
  return { start: new Date(nowMs - (range?.seconds ?? 3600) * 1000).toISOString() };
}

export function searchParameters(state: SearchState, nowMs: number): SearchParameters {
  return {
    ...(state.service && { service: state.service }),
    ...(state.name && { name: state.name }),
    ...(state.tag && { attribute: state.tag }),
    ...(state.min && { minDuration: state.min }),
    ...(state.max && { maxDuration: state.max }),
    ...(state.status && { status: state.status }),
    ...(state.order && { order: state.order }),
    ...timeRange(state, nowMs),
    limit: state.limit ?? defaultLimit,
  };
}

/** Whether anything but the time range narrows the search. */
export function hasFilters({ service, name, tag, min, max, status }: SearchState): boolean {
  return [service, name, tag, min, max, status].some((filter) => filter !== undefined);
}

/** The router's query string: plain text and repeated keys, where its default would write JSON. */
export function parseQuery(query: string): Record<string, string | string[]> {
  const parsed: Record<string, string | string[]> = {};
  const parameters = new URLSearchParams(query);
  for (const key of new Set(parameters.keys())) {
    const values = parameters.getAll(key);
    parsed[key] = values.length > 1 ? values : (values[0] ?? '');
  }
  return parsed;
}

export function stringifyQuery(search: Record<string, unknown>): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    for (const one of [value].flat()) {
      if (one !== undefined && one !== null && one !== '') parameters.append(key, String(one));
    }
  }
  const query = parameters.toString();
  return query && `?${query}`;
}
