/** The parameters of Jaeger's newer HTTP API: those of its protobuf, in camelCase or, as before, in snake_case. */
import { InvalidParameter } from '../../query/invalid-parameter.ts';
import { parseDurationOf } from '../../query/search-query.ts';
import { parseTime } from '../../query/time-range.ts';
import { QueryString } from '../query-string.ts';
import { parseTagObject } from './legacy-search.ts';
import { defaultLimit, type TraceSearch } from './trace-search.ts';

const parameters = [
  'service',
  'spanKind',
  'query.serviceName',
  'query.operationName',
  'query.attributes',
  'query.startTimeMin',
  'query.startTimeMax',
  'query.durationMin',
  'query.durationMax',
  'query.searchDepth',
  'query.filter',
];

/** Jaeger ignores what it does not know. */
export function v3Parameters(raw: unknown): QueryString {
  const all = typeof raw === 'object' && raw !== null ? Object.entries(raw) : [];
  const camel = all.map(([name, value]) => [camelCase(name), value]);
  return QueryString.lenient(Object.fromEntries(camel), parameters);
}

function camelCase(name: string): string {
  if (name === 'query.num_traces') return 'query.searchDepth';
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** @param maxLimit of traces that one answer may have. @throws InvalidParameter */
export function readV3Search(raw: unknown, maxLimit: number): TraceSearch {
  const query = v3Parameters(raw);
  refuseFilter(query);
  const service = query.text('query.serviceName');
  const operation = query.text('query.operationName');
  const attributes = query.text('query.attributes');
  const minDurationNano = readDuration(query, 'query.durationMin');
  const maxDurationNano = readDuration(query, 'query.durationMax');
  return {
    ...(service === undefined ? {} : { service }),
    ...(operation === undefined ? {} : { operation }),
    ...(minDurationNano === undefined ? {} : { minDurationNano }),
    ...(maxDurationNano === undefined ? {} : { maxDurationNano }),
    tags: attributes === undefined ? [] : parseTagObject('query.attributes', attributes),
    range: {
      startUnixNano: readTime(query, 'query.startTimeMin'),
      endUnixNano: readTime(query, 'query.startTimeMax'),
    },
    limit: query.integer('query.searchDepth', defaultLimit, maxLimit),
  };
}

function refuseFilter(query: QueryString): void {
  if (query.text('query.filter') === undefined) return;
  const message = 'A structured filter is not understood here: use query.serviceName and query.attributes.';
  throw new InvalidParameter('unsupported-filter', 'query.filter', message);
}

function readTime(query: QueryString, name: string): bigint {
  const text = query.text(name);
  if (text !== undefined) return parseTime(name, text);
  throw new InvalidParameter(
    'missing-time-range',
    name,
    'query.startTimeMin and query.startTimeMax are required: give them in RFC 3339.',
  );
}

function readDuration(query: QueryString, name: string): bigint | undefined {
  return parseDurationOf(name, query.text(name));
}
