/** The questions that take TraceQL: what a query means, what it counts, what it groups. */

import type { GroupsResponse, MetricsResponse, TraceqlResponse } from '@sightline/wire';
import { keepPreviousData, queryOptions, type UseQueryOptions } from '@tanstack/react-query';
import { conditionsOf, type SearchState } from '../model/search-params.ts';
import { type TimeRange, timeRange } from '../model/time-range.ts';
import { getJson } from './client.ts';

type Options<Answer> = UseQueryOptions<Answer, Error, Answer, readonly unknown[]>;

/** The page's conditions as a query and, where it can hold them, as a form. */
export function traceQlQuery(state: SearchState): Options<TraceqlResponse> {
  const conditions = conditionsOf(state);
  return queryOptions({
    queryKey: ['traceql', conditions] as readonly unknown[],
    queryFn: ({ signal }) => getJson<TraceqlResponse>('/traceql', { ...conditions }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** @param q a metrics query */
export function metricsQuery(q: string, range: TimeRange): Options<MetricsResponse> {
  return queryOptions({
    queryKey: ['metrics', q, range.last, range.from, range.to] as readonly unknown[],
    queryFn: ({ signal }) => getJson<MetricsResponse>('/metrics', { q, ...timeRange(range, Date.now()) }, signal),
    placeholderData: keepPreviousData,
  });
}

export function groupsQuery(state: SearchState, by: string): Options<GroupsResponse> {
  const conditions = conditionsOf(state);
  return queryOptions({
    queryKey: ['groups', conditions, by, state.last, state.from, state.to] as readonly unknown[],
    queryFn: ({ signal }) =>
      getJson<GroupsResponse>('/groups', { ...conditions, by, ...timeRange(state, Date.now()), limit: 200 }, signal),
    placeholderData: keepPreviousData,
  });
}
