/** The pages' state that lives in the URL, typed. */
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { SearchState } from '../model/search-params.ts';

export function useSearchState(): [SearchState, (next: SearchState) => void] {
  const state = useSearch({ strict: false }) as SearchState;
  const navigate = useNavigate();
  const change = useCallback(
    (next: SearchState) =>
      void navigate({ to: '/search', search: next as Record<string, unknown>, resetScroll: false }),
    [navigate],
  );
  return [state, change];
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
