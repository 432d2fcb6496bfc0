/** What any of Jaeger's APIs asks for, and the one way in which it is searched. */
import type { TraceSummary } from '@sightline/wire';
import { InvalidParameter } from '../../query/invalid-parameter.ts';
import { search } from '../../query/search.ts';
import { checkDurations } from '../../query/search-query.ts';
import type { TimeRange } from '../../query/time-range.ts';
import { printQuery } from '../../query/traceql/print.ts';
import type { ReadableStore } from '../../store/store.ts';
import { searchExpression } from './search-expression.ts';

export interface TraceSearch {
  service?: string;
  operation?: string;
  minDurationNano?: bigint;
  maxDurationNano?: bigint;
  /** All must hold, of the same span as all else. */
  tags: readonly Tag[];
  range: TimeRange;
  limit: number;
}

/** A tag is asked for by its text, whatever its type. */
export interface Tag {
  key: string;
  value: string;
}

/** Where nothing is said. */
export const defaultLimit = 100;

/** Newest first. @throws InvalidParameter */
export async function searchTraces(store: ReadableStore, asked: TraceSearch): Promise<TraceSummary[]> {
  const { range, limit } = asked;
  checkDurations(asked.minDurationNano, asked.maxDurationNano);
  if (range.startUnixNano > range.endUnixNano) {
    throw new InvalidParameter('invalid-time-range', 'start', 'start lies after end: swap them.');
  }
  const query = searchExpression(asked);
  const { traces } = await search(store, {
    conditions: { attributes: [] },
    traceql: { text: printQuery(query), pipeline: query.pipeline, spansPerSpanSet: 0 },
    range,
    limit,
    order: 'newest',
  });
  return traces;
}
