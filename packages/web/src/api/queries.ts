/** Every question the pages ask, as TanStack Query takes it. */
import type {
  AttributeKeysResponse,
  AttributeValuesResponse,
  ExplanationResponse,
  ServicesResponse,
  SpanNamesResponse,
  StatusResponse,
  TracesData,
} from '@sightline/wire';
import { keepPreviousData, QueryClient, queryOptions, type UseQueryOptions } from '@tanstack/react-query';
import type { Conditions } from '../model/search-params.ts';
import { isStillRunning } from '../model/still-running.ts';
import { type TimeRange, timeRange } from '../model/time-range.ts';
import { buildTrace, type Trace } from '../model/trace.ts';
import { ApiError, apiUrl, getJson } from './client.ts';

const growingMs = 2000;

export const queryClient: QueryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: false,
      // A browser that calls itself offline still reaches localhost; waiting for the network would be for ever.
      networkMode: 'always',
      // An answer that says no will say no again; one that never came may come.
      retry: (failures, error) => failures < 2 && error instanceof ApiError && error.status === 0,
      retryDelay: (failures) => 400 * 2 ** failures,
    },
  },
});

type Options<Answer> = UseQueryOptions<Answer, Error, Answer, readonly unknown[]>;

export function servicesQuery(range: TimeRange): Options<ServicesResponse> {
  return queryOptions({
    queryKey: ['services', rangeKey(range)] as readonly unknown[],
    queryFn: ({ signal }) => getJson<ServicesResponse>('/services', timeRange(range, Date.now()), signal),
    placeholderData: keepPreviousData,
  });
}

export function spanNamesQuery(service: string, range: TimeRange): Options<SpanNamesResponse> {
  return queryOptions({
    queryKey: ['span-names', service, rangeKey(range)] as readonly unknown[],
    queryFn: ({ signal }) => {
      const path = `/services/${encodeURIComponent(service)}/span-names`;
      return getJson<SpanNamesResponse>(path, { ...timeRange(range, Date.now()), limit: 500 }, signal);
    },
    enabled: service !== '',
  });
}

export interface AttributeQuestion {
  /** Of which spans: what a search takes. */
  conditions: Conditions;
  prefix: string;
  range: TimeRange;
}

export function attributeKeysQuery({ conditions, prefix, range }: AttributeQuestion): Options<AttributeKeysResponse> {
  return queryOptions({
    queryKey: ['attributes', conditions, prefix, rangeKey(range)] as readonly unknown[],
    queryFn: ({ signal }) => {
      const query = { ...timeRange(range, Date.now()), ...conditions, ...(prefix && { prefix }), limit: 500 };
      return getJson<AttributeKeysResponse>('/attributes', query, signal);
    },
    placeholderData: keepPreviousData,
  });
}

/** @param question.field as TraceQL writes it */
export function attributeValuesQuery(
  question: AttributeQuestion & { field: string },
): Options<AttributeValuesResponse> {
  const { field, conditions, prefix, range } = question;
  return queryOptions({
    queryKey: ['attribute-values', field, conditions, prefix, rangeKey(range)] as readonly unknown[],
    queryFn: ({ signal }) => {
      const query = { ...timeRange(range, Date.now()), ...conditions, field, ...(prefix && { prefix }), limit: 50 };
      return getJson<AttributeValuesResponse>('/attributes/values', query, signal);
    },
    placeholderData: keepPreviousData,
  });
}

export function statusQuery(): Options<StatusResponse> {
  return queryOptions({
    queryKey: ['status'] as readonly unknown[],
    queryFn: ({ signal }) => getJson<StatusResponse>('/status', {}, signal),
  });
}

export function traceQuery(traceId: string): Options<Trace> {
  return queryOptions({
    queryKey: ['trace', traceId] as readonly unknown[],
    queryFn: async ({ signal }) => buildTrace(traceId, await getJson<TracesData>(tracePath(traceId), {}, signal)),
    refetchInterval: ({ state: { data } }) => (data && isStillRunning(data, Date.now()) ? growingMs : false),
    staleTime: 60_000,
    structuralSharing: false,
  });
}

/** Asked anew when the trace has grown; until the answer is there the one before it stands. */
export function explanationQuery(traceId: string, spanCount: number | undefined): Options<ExplanationResponse> {
  return queryOptions({
    queryKey: ['explanation', traceId, spanCount] as readonly unknown[],
    queryFn: ({ signal }) => getJson<ExplanationResponse>(`${tracePath(traceId)}/explanation`, {}, signal),
    enabled: spanCount !== undefined,
    placeholderData: (before) => (before?.traceId === traceId ? before : undefined),
    staleTime: 60_000,
  });
}

export function traceDownloadUrl(traceId: string): string {
  return apiUrl(tracePath(traceId), { download: 1 });
}

function tracePath(traceId: string): string {
  return `/traces/${encodeURIComponent(traceId)}`;
}

function rangeKey({ last, from, to }: TimeRange): string {
  return [last, from, to].join(' ');
}
