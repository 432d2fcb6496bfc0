import type { ErrorResponse, SearchResponse } from '@sightline/wire';

/** What `GET /api/v1/traces` sends where it is asked for events, by their names; `done` or `error` comes last. */
export interface SearchEvents {
  /** How far back the server has looked. */
  progress: { searchedFromUnixNano: string; startUnixNano: string; endUnixNano: string };
  /** The next of the answer, in its order. */
  traces: Pick<SearchResponse, 'traces'>;
  done: Omit<SearchResponse, 'traces'>;
  error: ErrorResponse;
}
