/** The parameters of Jaeger's legacy search. */
import { parseDuration } from '@sightline/wire';
import { InvalidParameter } from '../../query/invalid-parameter.ts';
import { parseDurationOf } from '../../query/search-query.ts';
import { before, nowUnixNano, type TimeRange } from '../../query/time-range.ts';
import { QueryString } from '../query-string.ts';
import { parseJaegerTraceId } from './trace-id.ts';
import { defaultLimit, type Tag, type TraceSearch } from './trace-search.ts';

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
];
/** What Jaeger UI's form takes. Each is answered with as a whole. */
const maxLimit = 1500;
/** Jaeger's own default. */
const defaultLookbackNano = 2n * 86_400_000_000_000n;

export interface LegacySearch {
  /** Where given, these traces are asked for and the rest is ignored. */
  traceIds: string[];
  search: TraceSearch;
}

/** @throws InvalidParameter */
export function readLegacySearch(raw: unknown): LegacySearch {
  const query = QueryString.lenient(raw, parameters);
  const service = query.text('service');
  const operation = query.text('operation');
  const minDurationNano = parseDurationOf('minDuration', query.text('minDuration'));
  const maxDurationNano = parseDurationOf('maxDuration', query.text('maxDuration'));
  return {
    traceIds: query.texts('traceID').map(parseJaegerTraceId),
    search: {
      ...(service === undefined ? {} : { service }),
      ...(operation === undefined ? {} : { operation }),
      ...(minDurationNano === undefined ? {} : { minDurationNano }),
      ...(maxDurationNano === undefined ? {} : { maxDurationNano }),
      tags: [
        ...query.texts('tag').map(parseTag),
        ...query.texts('tags').flatMap((text) => parseTagObject('tags', text)),
      ],
      range: readRange(query),
      limit: query.integer('limit', defaultLimit, maxLimit),
    },
  };
}

function readRange(query: QueryString): TimeRange {
  const endUnixNano = readMicroseconds(query, 'end') ?? nowUnixNano();
  // `custom` is what Jaeger UI sends beside an explicit start.
  const lookback = parseDuration(query.text('lookback') ?? '') ?? defaultLookbackNano;
  return { startUnixNano: readMicroseconds(query, 'start') ?? before(endUnixNano, lookback), endUnixNano };
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

function parseTag(text: string): Tag {
  const colon = text.indexOf(':');
  if (colon > 0) return { key: text.slice(0, colon), value: text.slice(colon + 1) };
  throw new InvalidParameter('invalid-tag', 'tag', `tag=${JSON.stringify(text)} is not a condition: give key:value.`);
}

/** @param text JSON, `{"key":"value"}` */
export function parseTagObject(name: string, text: string): Tag[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).map(([key, member]) => ({ key, value: String(member) }));
  }
  throw new InvalidParameter(
    'invalid-tags',
    name,
    `${name}=${JSON.stringify(text)} is not a JSON object: give {"key":"value"}.`,
  );
}
