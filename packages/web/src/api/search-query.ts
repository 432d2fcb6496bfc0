/**
 * The search, as it streams in. The first page shows what is there while the rest is still being looked for: until
 * then its answer is partial, and says how far back has been searched. A search that is repeated shows its
 * answer at once, in place of the one before.
 */
import type { SearchResponse } from '@sightline/wire';
import {
  hashKey,
  type InfiniteData,
  infiniteQueryOptions,
  keepPreviousData,
  type QueryClient,
  type QueryKey,
  type UseInfiniteQueryOptions,
} from '@tanstack/react-query';
import { type SearchState, searchParameters } from '../model/search-params.ts';
import { ApiError, getEvents, type Query } from './client.ts';
import type { SearchEvents } from './search-events.ts';

export interface SearchPage extends SearchResponse {
  /** The moment that "now" meant for the first page; later pages keep to it. */
  askedAtMs: number;
  /** How far back the server has looked; absent once the answer is whole. */
  searchedFromUnixNano?: string;
}

interface PageParameter {
  cursor?: string;
  askedAtMs: number;
}

type SearchData = InfiniteData<SearchPage, PageParameter | undefined>;

export function searchQuery(
  state: SearchState,
): UseInfiniteQueryOptions<SearchPage, Error, SearchData, readonly unknown[], PageParameter | undefined> {
  const { scale: _scale, live: _live, plot: _plot, by: _by, ...asked } = state;
  return infiniteQueryOptions({
    queryKey: ['search', asked] as readonly unknown[],
    initialPageParam: undefined as PageParameter | undefined,
    queryFn: async ({ signal, pageParam, client, queryKey }) => {
      const askedAtMs = pageParam?.askedAtMs ?? Date.now();
      const query = { ...searchParameters(asked, askedAtMs), cursor: pageParam?.cursor };
      const stopper = new AbortController();
      signal.addEventListener('abort', () => stopper.abort());
      running.set(hashKey(queryKey), stopper);
      const page = { traces: [], askedAtMs, searchedFromUnixNano: `${BigInt(askedAtMs) * 1_000_000n}` };
      return await readSearch(query, page, stopper.signal, firstPageTaker(client, queryKey));
    },
    getNextPageParam: ({ nextCursor, askedAtMs }) => (nextCursor ? { cursor: nextCursor, askedAtMs } : undefined),
    placeholderData: keepPreviousData,
  });
}

const running = new Map<string, AbortController>();

/** Ends the search where it is; what it has found by then is its answer. */
export function stopSearch(state: SearchState): void {
  running.get(hashKey(searchQuery(state).queryKey))?.abort();
}

/** A search that is quick replaces what was there before in one go; a slow one shows that it is on its way. */
const patienceMs = 300;

/** Takes what there is of the first page, unless there is an answer already, which stays until it is replaced. */
function firstPageTaker(client: QueryClient, queryKey: QueryKey): (page: SearchPage) => void {
  if (client.getQueryData(queryKey) !== undefined) return () => undefined;
  return (page) => {
    if (page.traces.length === 0 && Date.now() - page.askedAtMs < patienceMs) return;
    client.setQueryData<SearchData>(queryKey, { pages: [page], pageParams: [undefined] });
  };
}

async function readSearch(
  query: Query,
  empty: SearchPage,
  stop: AbortSignal,
  take: (partial: SearchPage) => void,
): Promise<SearchPage> {
  let page = empty;
  try {
    const events = (await getEvents('/traces', query, stop)).getReader();
    for (let next = await events.read(); !next.done; next = await events.read()) {
      const event = readEvent(next.value);
      if (event?.kind === 'done') return { ...event.data, traces: page.traces, askedAtMs: page.askedAtMs };
      if (event) page = grown(page, event);
      take(page);
    }
  } catch (error) {
    if (stop.aborted) return page;
    throw error;
  }
  throw new ApiError(0, { code: 'unreachable', message: 'The server ended the search before it was done.' });
}

function grown(page: SearchPage, event: SearchEvent): SearchPage {
  switch (event.kind) {
    case 'traces':
      return { ...page, traces: [...page.traces, ...event.data.traces] };
    case 'progress':
      return { ...page, searchedFromUnixNano: event.data.searchedFromUnixNano };
    case 'error':
      throw new ApiError(200, event.data.error);
    case 'done':
      return page;
  }
}

type SearchEvent = { [Kind in keyof SearchEvents]: { kind: Kind; data: SearchEvents[Kind] } }[keyof SearchEvents];

const kinds: ReadonlySet<string> = new Set<keyof SearchEvents>(['progress', 'traces', 'done', 'error']);

/** Events that a later server may add are none of ours. */
function readEvent({ event = '', data }: { event?: string | undefined; data: string }): SearchEvent | undefined {
  return kinds.has(event) ? ({ kind: event, data: JSON.parse(data) } as SearchEvent) : undefined;
}
