/** The parameters of Jaeger's legacy search, turned into ours. */
import { parseDuration, type SearchStatus, type SpanKindNumber } from '@sightline/wire';
import { InvalidParameter } from '../query/invalid-parameter.ts';
import { checkDurations, parseDurationOf, type SearchQuery, type SpanConditions } from '../query/search-query.ts';
import { before, nowUnixNano, type TimeRange } from '../query/time-range.ts';
import { jaegerKinds } from './jaeger-trace.ts';
import { QueryString } from './query-string.ts';

const parameters = [
  'service',
  'operation',
  'start',
  'end',
  'lookback',
  'limit',
  'minDuration',
  'maxDuration',
  'tag',
  'tags',
  'traceID',
  'raw',
  'prettyPrint',
];
const defaultLimit = 100;
const maxLimit = 1000;
/** Jaeger's own default. */
const defaultLookbackNano = 2n * 86_400_000_000_000n;

export interface JaegerSearch {
  /** Where given, these traces are asked for and the rest is ignored. */
  traceIds: string[];
  query: SearchQuery;
}

/** @throws InvalidParameter */
export function readJaegerSearch(raw: unknown): JaegerSearch {
  const query = new QueryString(onlyKnown(raw), parameters);
  const service = query.text('service');
  const name = query.text('operation');
  const minDurationNano = parseDurationOf('minDuration', query.text('minDuration'));
  const maxDurationNano = parseDurationOf('maxDuration', query.text('maxDuration'));
  checkDurations(minDurationNano, maxDurationNano);
  return {
    traceIds: query.texts('traceID').map(parseJaegerTraceId),
    query: {
      conditions: {
        ...(service === undefined ? {} : { service }),
        ...(name === undefined ? {} : { name }),
        ...(minDurationNano === undefined ? {} : { minDurationNano }),
        ...(maxDurationNano === undefined ? {} : { maxDurationNano }),
        ...tagConditions([...query.texts('tag').map(parseTag), ...query.texts('tags').flatMap(parseTags)]),
      },
      range: readRange(query),
      limit: query.integer('limit', defaultLimit, maxLimit),
      order: 'newest',
    },
  };
}

/** Jaeger's clients send what Jaeger ignores. */
function onlyKnown(raw: unknown): Record<string, unknown> {
  const all = typeof raw === 'object' && raw !== null ? Object.entries(raw) : [];
  return Object.fromEntries(all.filter(([name]) => parameters.includes(name)));
}

/** Up to 32 hex digits: Jaeger leaves leading zeros out. */
export function parseJaegerTraceId(text: string): string {
  if (/^[0-9a-f]{1,32}$/i.test(text)) return text.toLowerCase().padStart(32, '0');
  throw new InvalidParameter(
    'invalid-trace-id',
    'traceID',
    `${JSON.stringify(text)} is not a trace id: give hex digits.`,
  );
}

function readRange(query: QueryString): TimeRange {
  const endUnixNano = readMicroseconds(query, 'end') ?? nowUnixNano();
  // `custom` is what Jaeger UI sends beside an explicit start.
  const lookback = parseDuration(query.text('lookback') ?? '') ?? defaultLookbackNano;
  const startUnixNano = readMicroseconds(query, 'start') ?? before(endUnixNano, lookback);
  if (startUnixNano <= endUnixNano) return { startUnixNano, endUnixNano };
  throw new InvalidParameter('invalid-time-range', 'start', 'start lies after end: swap them.');
}

function readMicroseconds(query: QueryString, name: string): bigint | undefined {
  const text = query.text(name);
  if (text === undefined) return undefined;
  if (/^\d{1,16}$/.test(text)) return BigInt(text) * 1000n;
  throw new InvalidParameter(
    'invalid-time',
    name,
    `${name}=${JSON.stringify(text)} is not a time: give microseconds since 1970.`,
  );
}

type Tag = [key: string, value: string];

function parseTag(text: string): Tag {
  const colon = text.indexOf(':');
  if (colon > 0) return [text.slice(0, colon), text.slice(colon + 1)];
  throw new InvalidParameter('invalid-tag', 'tag', `tag=${JSON.stringify(text)} is not a condition: give key:value.`);
}

function parseTags(text: string): Tag[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).map(([key, member]) => [key, String(member)]);
  }
  throw new InvalidParameter(
    'invalid-tags',
    'tags',
    `tags=${JSON.stringify(text)} is not a JSON object: give {"key":"value"}.`,
  );
}

const statuses: Record<string, SearchStatus> = { UNSET: 'unset', OK: 'ok', ERROR: 'error' };

/** Some of Jaeger's tags are fields of a span in OTLP. */
function tagConditions(tags: Tag[]): SpanConditions {
  const conditions: SpanConditions = { attributes: [] };
  const attributes = tags.filter(([key, value]) => !takeField(conditions, key, value));
  return { ...conditions, attributes: attributes.map(([key, value]) => ({ key, value })) };
}

function takeField(conditions: SpanConditions, key: string, value: string): boolean {
  const status = key === 'error' && value === 'true' ? 'error' : statuses[value.toUpperCase()];
  const kind = jaegerKinds.findIndex((name) => name !== '' && name === value.toLowerCase());
  if ((key === 'error' || key === 'otel.status_code') && status) conditions.status = status;
  else if (key === 'span.kind' && kind > 0) conditions.kind = kind as SpanKindNumber;
  else if (key === 'otel.scope.name' || key === 'otel.library.name') conditions.scopeName = value;
  else if (key === 'otel.scope.version' || key === 'otel.library.version') conditions.scopeVersion = value;
  else return false;
  return true;
}
