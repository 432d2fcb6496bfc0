/** The pages' state that lives in the URL, typed. */
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { MapState, ServicesState } from '../model/page-params.ts';
import type { SearchState } from '../model/search-params.ts';

type Change<State> = (next: State) => void;

export function useSearchState(): [SearchState, Change<SearchState>] {
  return usePageState<SearchState>('/search');
}

export function useServicesState(): [ServicesState, Change<ServicesState>] {
  return usePageState<ServicesState>('.');
}

export function useMapState(): [MapState, Change<MapState>] {
  return usePageState<MapState>('/map');
}

function usePageState<State extends object>(to: string): [State, Change<State>] {
  const state = useSearch({ strict: false }) as State;
  const navigate = useNavigate();
  const change = useCallback(
    (next: State) => void navigate({ to, search: next as Record<string, unknown>, resetScroll: false }),
    [navigate, to],
  );
  return [state, change];
}

/** The service that the page at `/services/…` is about. */
export function useServiceName(): string {
  return (useParams({ strict: false }) as { service: string }).service;
}

export interface TraceLocation {
  traceId: string;
  /** The span whose detail is open. */
  spanId: string | undefined;
  select: (spanId: string | undefined) => void;
}

export function useTraceLocation(): TraceLocation {
  const { traceId } = useParams({ strict: false }) as { traceId: string };
  const { span: spanId } = useSearch({ strict: false }) as { span?: string };
  const navigate = useNavigate();
  const select = useCallback(
    (next: string | undefined) => {
      const search: Record<string, unknown> = next ? { span: next } : {};
      // Stepping from span to span makes no history: Back leads out of the trace.
      void navigate({ to: '/trace/$traceId', params: { traceId }, search, replace: true, resetScroll: false });
    },
    [navigate, traceId],
  );
  return { traceId, spanId, select };
}
