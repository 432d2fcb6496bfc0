import type { TraceSummary } from '@sightline/wire';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type ReactElement, useMemo } from 'react';
import { searchQuery, stopSearch } from '../../api/search-query.ts';
import { hasFilters, type SearchState } from '../../model/search-params.ts';
import { rememberServices } from '../../state/service-colors.ts';
import { Results, ResultsSkeleton } from './results.tsx';
import { NothingFound, SearchFailed, SearchIncomplete, SearchOutdated } from './search-notices.tsx';
import { SearchProgress } from './search-progress.tsx';

interface Props {
  state: SearchState;
  onChange: (next: SearchState) => void;
}

const liveMs = 3000;
const waitingMs = 1500;

/** The search's answer, from the first event that streams in to the last page. */
export function FoundTraces({ state, onChange }: Props): ReactElement {
  const search = useInfiniteQuery({
    ...searchQuery(state),
    refetchInterval: ({ state: { data } }) => {
      if (state.live) return liveMs;
      const waiting = data?.pages[0]?.traces.length === 0 && !hasFilters(state);
      return waiting ? waitingMs : false;
    },
  });
  const pages = useMemo(() => search.data?.pages ?? [], [search.data]);
  // The same list as long as it holds the same: the plot is made anew for another.
  const traces = useMemo(() => withoutRepeats(pages.flatMap((page) => page.traces)), [pages]);
  rememberServices(traces.flatMap((trace) => trace.services.map(({ name }) => name)));
  const searchedFrom = search.isPlaceholderData ? undefined : pages.at(-1)?.searchedFromUnixNano;
  const again = () => void search.refetch();
  const isDone = search.data !== undefined && searchedFrom === undefined;

  return (
    <>
      {search.isPending && <ResultsSkeleton />}
      {search.isError && !search.data && <SearchFailed error={search.error} onRetry={again} />}
      {search.isError && search.data && <SearchOutdated error={search.error} />}
      {searchedFrom && (
        <SearchProgress
          searchedFromUnixNano={searchedFrom}
          running={search.isFetching}
          onStop={() => stopSearch(state)}
          onSearchOn={again}
        />
      )}
      <SearchIncomplete warnings={[...new Set(pages.flatMap(({ warnings = [] }) => warnings))]} />
      {isDone && traces.length === 0 && <NothingFound state={state} onChange={onChange} />}
      {!isDone && search.data && traces.length === 0 && search.isFetching && <ResultsSkeleton />}
      {traces.length > 0 && (
        <Results
          traces={traces}
          state={state}
          onChange={onChange}
          stale={search.isPlaceholderData}
          hasMore={search.hasNextPage}
          loadingMore={search.isFetchingNextPage}
          onLoadMore={() => void search.fetchNextPage()}
        />
      )}
    </>
  );
}

/** A trace that grew between two pages may come twice. */
function withoutRepeats(traces: readonly TraceSummary[]): TraceSummary[] {
  return [...new Map(traces.map((trace) => [trace.traceId, trace])).values()];
}
