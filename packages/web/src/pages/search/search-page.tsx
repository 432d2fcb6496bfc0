import type { ServiceInfo, TraceSummary } from '@sightline/wire';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { type ReactElement, useEffect } from 'react';
import { searchQuery, servicesQuery } from '../../api/queries.ts';
import { hasFilters } from '../../model/search-params.ts';
import { useSearchState } from '../../state/location.ts';
import { rememberServices } from '../../state/service-colors.ts';
import { Filters } from './filters.tsx';
import { Results, ResultsSkeleton } from './results.tsx';
import { NothingFound, SearchFailed, SearchIncomplete, SearchOutdated } from './search-notices.tsx';

const liveMs = 3000;
const waitingMs = 1500;

export function SearchPage(): ReactElement {
  const [state, change] = useSearchState();
  const { data: services } = useQuery({ ...servicesQuery(state), refetchInterval: state.live ? 15_000 : false });
  rememberServices(busiestFirst(services?.services ?? []));
  const search = useInfiniteQuery({
    ...searchQuery(state),
    refetchInterval: ({ state: { data } }) => {
      if (state.live) return liveMs;
      const waiting = data?.pages[0]?.traces.length === 0 && !hasFilters(state);
      return waiting ? waitingMs : false;
    },
  });
  const traces = withoutRepeats(search.data?.pages.flatMap((page) => page.traces) ?? []);
  rememberServices(traces.flatMap((trace) => trace.services.map(({ name }) => name)));
  useEffect(() => {
    document.title = state.service ? `${state.service} · Sightline` : 'Traces · Sightline';
  }, [state.service]);

  return (
    <main className="page search-page">
      <h1 className="visually-hidden">Traces</h1>
      <Filters
        state={state}
        onChange={change}
        services={services?.services ?? []}
        onRefresh={() => void search.refetch()}
        refreshing={search.isFetching}
      />
      {search.isPending && <ResultsSkeleton />}
      {search.isError && !search.data && <SearchFailed error={search.error} onRetry={() => void search.refetch()} />}
      {search.isError && search.data && <SearchOutdated error={search.error} />}
      <SearchIncomplete warnings={[...new Set(search.data?.pages.flatMap(({ warnings = [] }) => warnings))]} />
      {search.data && traces.length === 0 && <NothingFound state={state} onChange={change} />}
      {traces.length > 0 && (
        <Results
          traces={traces}
          state={state}
          onChange={change}
          stale={search.isPlaceholderData}
          hasMore={search.hasNextPage}
          loadingMore={search.isFetchingNextPage}
          onLoadMore={() => void search.fetchNextPage()}
        />
      )}
    </main>
  );
}

/** They get the colours that differ most. */
function busiestFirst(services: readonly ServiceInfo[]): string[] {
  return [...services].sort((a, b) => b.spanCount - a.spanCount).map(({ name }) => name);
}

/** A trace that grew between two pages may come twice. */
function withoutRepeats(traces: readonly TraceSummary[]): TraceSummary[] {
  return [...new Map(traces.map((trace) => [trace.traceId, trace])).values()];
}
