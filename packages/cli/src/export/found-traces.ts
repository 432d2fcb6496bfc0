import type { BackendApi } from '../backend-api.ts';

/** The API's search parameters, without those for pages. */
export interface Search {
  /** By the API's names; each value of one that may be repeated. */
  parameters: readonly [name: string, value: string][];
  /** Traces; undefined for all. */
  limit: number | undefined;
}

export interface FoundTrace {
  traceId: string;
  spanCount: number;
}

const pageTraces = 1_000;

/** All traces that a search finds, page by page; as they are when it begins, whatever comes in meanwhile. */
export async function* foundTraces(
  api: BackendApi,
  { parameters, limit = Number.POSITIVE_INFINITY }: Search,
): AsyncGenerator<FoundTrace> {
  let cursor: string | undefined;
  for (let left = limit; left > 0; left -= pageTraces) {
    const query = new URLSearchParams(parameters);
    query.set('limit', String(Math.min(left, pageTraces)));
    if (cursor !== undefined) query.set('cursor', cursor);
    const { traces, nextCursor } = await api.search(query);
    yield* traces;
    if (nextCursor === undefined) return;
    cursor = nextCursor;
  }
}
