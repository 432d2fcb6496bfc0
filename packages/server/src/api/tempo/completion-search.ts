import { parseSearch, type SearchQuery } from '../../query/search-query.ts';
import { QueryError } from '../../query/traceql/query-error.ts';
import type { QueryString } from '../query-string.ts';
import { readTempoTimes } from './tempo-times.ts';

/**
 * Of which spans names and values are listed. A query that is not complete, or is none, narrows nothing, as with Tempo:
 * Grafana asks while somebody types.
 */
export function completionSearch(query: QueryString): SearchQuery {
  const times = readTempoTimes(query);
  const q = query.text('q');
  if (q === undefined) return parseSearch(times);
  try {
    return parseSearch({ ...times, q });
  } catch (error) {
    if (error instanceof QueryError) return parseSearch(times);
    throw error;
  }
}
