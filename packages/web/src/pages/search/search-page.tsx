import type { ServiceInfo } from '@sightline/wire';
import { useIsFetching, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, type ReactElement, Suspense, useEffect } from 'react';
import { servicesQuery } from '../../api/queries.ts';
import { traceQlQuery } from '../../api/traceql-queries.ts';
import { withQuery } from '../../model/search-params.ts';
import { useSearchState } from '../../state/location.ts';
import { rememberServices } from '../../state/service-colors.ts';
import { Filters } from './filters.tsx';
import { FoundTraces } from './found-traces.tsx';
import { ResultsSkeleton } from './results.tsx';
import { QueryRefused } from './search-notices.tsx';

const MetricsResult = lazy(async () => ({ default: (await import('./metrics-result.tsx')).MetricsResult }));

export function SearchPage(): ReactElement {
  const [state, change] = useSearchState();
  const client = useQueryClient();
  const { data: services } = useQuery({ ...servicesQuery(state), refetchInterval: state.live ? 15_000 : false });
  rememberServices(busiestFirst(services?.services ?? []));
  const meaning = useQuery({ ...traceQlQuery(state), enabled: state.q !== undefined });
  const kind = state.q === undefined ? 'search' : meaning.data?.kind;
  useEffect(() => {
    document.title = state.service ? `${state.service} · Sightline` : 'Traces · Sightline';
  }, [state.service]);
  const refresh = () =>
    void Promise.all(
      ['search', 'metrics', 'groups', 'traceql'].map((key) =>
        client.refetchQueries({ queryKey: [key], type: 'active' }),
      ),
    );

  return (
    <main className="page search-page">
      <h1 className="visually-hidden">Traces</h1>
      <Filters
        state={state}
        onChange={change}
        services={services?.services ?? []}
        onRefresh={refresh}
        refreshing={useIsFetching({ queryKey: ['search'] }) > 0}
      />
      {kind === undefined && !meaning.isError && <ResultsSkeleton />}
      {state.q !== undefined && meaning.isError && (
        <QueryRefused
          error={meaning.error}
          onRetry={() => void meaning.refetch()}
          onRun={(q) => change(withQuery(state, q))}
        />
      )}
      {kind === 'search' && <FoundTraces state={state} onChange={change} />}
      {kind === 'metrics' && state.q !== undefined && (
        <Suspense fallback={<ResultsSkeleton />}>
          <MetricsResult q={state.q} state={state} onChange={change} />
        </Suspense>
      )}
    </main>
  );
}

/** They get the colours that differ most. */
function busiestFirst(services: readonly ServiceInfo[]): string[] {
  return [...services].sort((a, b) => b.spanCount - a.spanCount).map(({ name }) => name);
}
