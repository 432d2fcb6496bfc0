/** The questions of the services pages, of the map, and of the span panel. */
import type { DependenciesResponse, ServiceMetricsResponse, StandingResponse } from '@sightline/wire';
import { keepPreviousData, queryOptions, type UseQueryOptions } from '@tanstack/react-query';
import { type TimeRange, timeRange } from '../model/time-range.ts';
import { getJson } from './client.ts';

type Options<Answer> = UseQueryOptions<Answer, Error, Answer, readonly unknown[]>;

/** Of all services; with `service`, of its span names. */
export function serviceMetricsQuery(range: TimeRange, service?: string): Options<ServiceMetricsResponse> {
  return queryOptions({
    queryKey: ['service-metrics', service, range.last, range.from, range.to] as readonly unknown[],
    queryFn: ({ signal }) =>
      getJson<ServiceMetricsResponse>('/service-metrics', { ...timeRange(range, Date.now()), service }, signal),
    placeholderData: keepPreviousData,
  });
}

export function dependenciesQuery(range: TimeRange): Options<DependenciesResponse> {
  return queryOptions({
    queryKey: ['dependencies', range.last, range.from, range.to] as readonly unknown[],
    queryFn: ({ signal }) => getJson<DependenciesResponse>('/dependencies', timeRange(range, Date.now()), signal),
    placeholderData: keepPreviousData,
  });
}

export function standingQuery(traceId: string, spanId: string): Options<StandingResponse> {
  return queryOptions({
    queryKey: ['standing', traceId, spanId] as readonly unknown[],
    queryFn: ({ signal }) => getJson<StandingResponse>(`/traces/${traceId}/spans/${spanId}/standing`, {}, signal),
    staleTime: 60_000,
  });
}
