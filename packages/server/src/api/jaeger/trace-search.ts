/** What any of Jaeger's APIs asks for, and the one way in which it is searched. */
import type { SearchStatus, TraceSummary } from '@sightline/wire';
import { InvalidParameter } from '../../query/invalid-parameter.ts';
import { search } from '../../query/search.ts';
import { checkDurations, type SpanConditions } from '../../query/search-query.ts';
import type { TimeRange } from '../../query/time-range.ts';
import type { ReadableStore } from '../../store/store.ts';
import { kindNumber } from './span-tags.ts';

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
  const { traces } = await search(store, { conditions: conditionsOf(asked), range, limit, order: 'newest' });
  return traces;
}

function conditionsOf({ service, operation, minDurationNano, maxDurationNano, tags }: TraceSearch): SpanConditions {
  return {
    ...(service === undefined ? {} : { service }),
    ...(operation === undefined ? {} : { name: operation }),
    ...(minDurationNano === undefined ? {} : { minDurationNano }),
    ...(maxDurationNano === undefined ? {} : { maxDurationNano }),
    ...tagConditions(tags),
  };
}

/** Some of Jaeger's tags are fields of a span in OTLP. */
function tagConditions(tags: readonly Tag[]): SpanConditions {
  const conditions: SpanConditions = { attributes: [] };
  const attributes = tags.filter((tag) => !takeField(conditions, tag));
  return { ...conditions, attributes };
}

const statuses: Record<string, SearchStatus> = { UNSET: 'unset', OK: 'ok', ERROR: 'error' };

function takeField(conditions: SpanConditions, { key, value }: Tag): boolean {
  const status = key === 'error' && value === 'true' ? 'error' : statuses[value.toUpperCase()];
  const kind = kindNumber(value);
  if ((key === 'error' || key === 'otel.status_code') && status) conditions.status = status;
  else if (key === 'span.kind' && kind) conditions.kind = kind;
  else if (key === 'otel.scope.name' || key === 'otel.library.name') conditions.scopeName = value;
  else if (key === 'otel.scope.version' || key === 'otel.library.version') conditions.scopeVersion = value;
  else return false;
  return true;
}
