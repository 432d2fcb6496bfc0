/** A search as asked (`SearchParameters`, all text) turned into a search to run (`SearchQuery`). */
import {
  parseDuration,
  type SearchParameters,
  type SearchStatus,
  type SpanKindNumber,
  type TraceOrder,
} from '@sightline/wire';
import { type AttributeFilter, parseAttributeFilter } from './attribute-filter.ts';
import { InvalidParameter } from './invalid-parameter.ts';
import { parseTimeRange, type TimeRange } from './time-range.ts';
import type { Pipeline } from './traceql/ast.ts';
import { parseQuery } from './traceql/parse.ts';
import { QueryError } from './traceql/query-error.ts';

/** What one and the same span must fulfil. */
export interface SpanConditions {
  service?: string;
  name?: string;
  kind?: SpanKindNumber;
  status?: SearchStatus;
  minDurationNano?: bigint;
  maxDurationNano?: bigint;
  scopeName?: string;
  scopeVersion?: string;
  attributes: readonly AttributeFilter[];
}

/** What spans are counted by. */
export type CountedConditions = Pick<SpanConditions, 'service' | 'name' | 'kind'>;

/** What is asked in TraceQL. */
export interface TraceqlConditions {
  text: string;
  pipeline: Pipeline;
  /** So many of a spanset's spans are answered with. */
  spansPerSpanSet: number;
}

export interface SearchQuery {
  conditions: SpanConditions;
  /** In place of `conditions`, which say nothing then. */
  traceql?: TraceqlConditions;
  /** In which the matching span starts. */
  range: TimeRange;
  limit: number;
  order: TraceOrder;
  cursor?: string;
}

const orders: readonly TraceOrder[] = ['newest', 'oldest', 'longest', 'shortest', 'most-spans', 'most-errors'];
const statuses: readonly SearchStatus[] = ['error', 'ok', 'unset'];
const maxLimit = 1000;
const maxAttributes = 20;

/** @throws InvalidParameter, QueryError */
export function parseSearch(asked: SearchParameters): SearchQuery {
  const { service, name, attribute = [], limit = 20, order = 'newest', cursor } = asked;
  const minDurationNano = parseDurationOf('minDuration', asked.minDuration);
  const maxDurationNano = parseDurationOf('maxDuration', asked.maxDuration);
  checkDurations(minDurationNano, maxDurationNano);
  checkOneOf('order', order, orders);
  if (asked.status !== undefined) checkOneOf('status', asked.status, statuses);
  checkLimit(limit);
  checkAttributeCount(attribute.length);
  return {
    conditions: {
      ...(service === undefined ? {} : { service }),
      ...(name === undefined ? {} : { name }),
      ...(asked.status === undefined ? {} : { status: asked.status }),
      ...(minDurationNano === undefined ? {} : { minDurationNano }),
      ...(maxDurationNano === undefined ? {} : { maxDurationNano }),
      attributes: attribute.map(parseAttributeFilter),
    },
    range: parseTimeRange(asked.start, asked.end),
    limit,
    order,
    ...(asked.q === undefined ? {} : { traceql: parseTraceql(asked.q, asked) }),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

const formFields = ['service', 'name', 'attribute', 'minDuration', 'maxDuration', 'status'] as const;
const defaultSpansPerSpanSet = 3;

function parseTraceql(text: string, asked: SearchParameters): TraceqlConditions {
  assertNoFormFields(asked);
  const query = parseQuery(text);
  const { spansPerSpanSet = defaultSpansPerSpanSet } = asked;
  if (query.kind === 'search') return { text, pipeline: query.pipeline, spansPerSpanSet };
  throw new QueryError('This query answers with series, not with traces: ask it at /api/v1/metrics.', query);
}

/** @throws InvalidParameter where there are a query and form fields */
export function assertNoFormFields(asked: SearchParameters): void {
  const field = formFields.find((name) => asked[name] !== undefined && asked[name]?.length !== 0);
  if (field === undefined) return;
  throw new InvalidParameter(
    'invalid-parameter',
    field,
    `${field} cannot be given beside q: say it in the query, or leave q out.`,
  );
}

export function parseDurationOf(field: string, text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  const nano = parseDuration(text);
  if (nano !== undefined && nano < 2n ** 63n) return nano;
  throw new InvalidParameter(
    'invalid-duration',
    field,
    `${field}=${JSON.stringify(text)} is not a duration: give a number with a unit, for example 250ms, 1.5s, 800us or 2m.`,
  );
}

export function checkDurations(min: bigint | undefined, max: bigint | undefined): void {
  if (min === undefined || max === undefined || min <= max) return;
  throw new InvalidParameter(
    'invalid-duration-range',
    'minDuration',
    `minDuration (${min} ns) is longer than maxDuration (${max} ns): no span can be both. Swap them, or leave one out.`,
  );
}

function checkOneOf(field: string, value: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return;
  throw new InvalidParameter(
    `invalid-${field}`,
    field,
    `${field}=${JSON.stringify(value)} is unknown: give one of ${allowed.join(', ')}.`,
  );
}

function checkLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= maxLimit) return;
  throw new InvalidParameter('invalid-limit', 'limit', `limit=${limit} is out of range: give 1 to ${maxLimit}.`);
}

function checkAttributeCount(count: number): void {
  if (count <= maxAttributes) return;
  throw new InvalidParameter(
    'too-many-attributes',
    'attribute',
    `${count} attribute conditions are more than a search takes: give at most ${maxAttributes}.`,
  );
}
