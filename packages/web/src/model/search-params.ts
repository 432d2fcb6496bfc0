/**
 * The search page's state, which is its URL: `/search?service=shop&tag=http.route%3D%2Fcart&last=6h`.
 * What is missing has its default, so that the plain URL is the plain search; what is wrong is
 * dropped rather than refused, since people edit URLs by hand.
 */
import type { SearchParameters, SearchStatus, TraceOrder, TraceqlForm } from '@sightline/wire';
import { readRange, type TimeRange, timeRange } from './time-range.ts';

export interface SearchState extends TimeRange {
  /** A TraceQL query, in place of the form's fields. */
  q?: string;
  service?: string;
  name?: string;
  /** `key=value`. */
  tag?: string[];
  min?: string;
  max?: string;
  status?: SearchStatus;
  limit?: number;
  order?: TraceOrder;
  /** The heat map of all matching spans, in place of the traces as points. */
  plot?: 'heatmap';
  /** The scatter plot's axis. */
  scale?: 'linear';
  /** An attribute as TraceQL writes it: spans grouped by it, in place of the traces. */
  by?: string;
  live?: true;
}

export const defaultLimit = 50;
export const limits: readonly number[] = [20, 50, 100, 200, 500, 1000];

const orders: readonly TraceOrder[] = ['newest', 'oldest', 'longest', 'shortest', 'most-spans', 'most-errors'];
const statuses: readonly SearchStatus[] = ['error', 'ok', 'unset'];

export function readSearchState(raw: Record<string, unknown>): SearchState {
  const q = text(raw.q);
  const state: SearchState = q ? { q } : readForm(raw);
  Object.assign(state, readRange(raw));
  const limit = Number(raw.limit);
  if (limits.includes(limit) && limit !== defaultLimit) state.limit = limit;
  const order = orders.find((known) => known === raw.order);
  if (order && order !== 'newest') state.order = order;
  if (raw.plot === 'heatmap') state.plot = 'heatmap';
  if (raw.scale === 'linear') state.scale = 'linear';
  const by = text(raw.by);
  if (by) state.by = by;
  if (raw.live === 'true' || raw.live === true) state.live = true;
  return state;
}

function readForm(raw: Record<string, unknown>): SearchState {
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
  return state;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** What the spans have to be like, as the API takes it. */
export type Conditions = Pick<SearchParameters, 'q'> & TraceqlForm;

export function conditionsOf(state: SearchState): Conditions {
  if (state.q) return { q: state.q };
  return {
    ...(state.service && { service: state.service }),
    ...(state.name && { name: state.name }),
    ...(state.tag && { attribute: state.tag }),
    ...(state.min && { minDuration: state.min }),
    ...(state.max && { maxDuration: state.max }),
    ...(state.status && { status: state.status }),
  };
}

export function searchParameters(state: SearchState, nowMs: number): SearchParameters {
  return {
    ...conditionsOf(state),
    ...(state.order && { order: state.order }),
    ...timeRange(state, nowMs),
    limit: state.limit ?? defaultLimit,
  };
}

/** The same page with a query in place of its conditions. */
export function withQuery(state: SearchState, q: string): SearchState {
  return { q, ...withoutConditions(state) };
}

/** The same page with the form filled in so. */
export function withForm(state: SearchState, form: TraceqlForm): SearchState {
  const { service, name, attribute, minDuration, maxDuration, status } = form;
  return {
    ...(service && { service }),
    ...(name && { name }),
    ...(attribute && attribute.length > 0 && { tag: attribute }),
    ...(minDuration && { min: minDuration }),
    ...(maxDuration && { max: maxDuration }),
    ...(status && { status }),
    ...withoutConditions(state),
  };
}

export function withoutConditions(state: SearchState): SearchState {
  const { q: _q, service: _s, name: _n, tag: _t, min: _i, max: _a, status: _u, ...rest } = state;
  return rest;
}

/** Whether anything but the time range narrows the search. */
export function hasFilters({ q, service, name, tag, min, max, status }: SearchState): boolean {
  if (q !== undefined) return !/^\{\s*\}$/.test(q);
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
