/**
 * What a search is in Jaeger's protobuf. Its versions differ in names and numbers here and there, but never in what
 * they mean.
 *
 * @see https://github.com/jaegertracing/jaeger-idl/tree/main/proto
 */
import { type Field, field, type Message, message } from '@sightline/wire';
import { InvalidParameter } from '../../query/invalid-parameter.ts';
import { nowUnixNano } from '../../query/time-range.ts';
import { durationMessage, nanoOf, type ProtoTime, timestampMessage } from '../../translate/protobuf-time.ts';
import { defaultLimit, type Tag, type TraceSearch } from '../jaeger/trace-search.ts';

export const timeField = (number: number, name: string): Field =>
  field(number, name, 'message', { message: timestampMessage });

/** @param tags the field with the tags. @param more what a version has besides */
export function searchMessage(packageName: string, tags: Field, ...more: Field[]): Message {
  return message(
    `${packageName}.TraceQueryParameters`,
    field(1, 'serviceName', 'string'),
    field(2, 'operationName', 'string'),
    tags,
    timeField(4, 'startTimeMin'),
    timeField(5, 'startTimeMax'),
    field(6, 'durationMin', 'message', { message: durationMessage }),
    field(7, 'durationMax', 'message', { message: durationMessage }),
    field(8, 'searchDepth', 'int32'),
    ...more,
  );
}

/** @param name with its package */
export function findRequest(name: string, query: Message): Message {
  return message(name, field(1, 'query', 'message', { message: query }));
}

/** Jaeger's newest way to ask, an expression: off by default there, and refused here, but never ignored. */
export const filterField = (number: number): Field => field(number, 'filter', 'message', { message: call });

const call = message('jaeger.expression.v1.Call', field(1, 'op', 'string'));

export interface SearchRequest {
  serviceName?: string;
  operationName?: string;
  startTimeMin?: ProtoTime;
  startTimeMax?: ProtoTime;
  durationMin?: ProtoTime;
  durationMax?: ProtoTime;
  searchDepth?: number;
  filter?: object;
}

/** @throws InvalidParameter */
export function searchOf(request: SearchRequest | undefined, tags: readonly Tag[]): TraceSearch {
  if (!request) throw new InvalidParameter('missing-query', 'query', 'missing query');
  if (request.filter) {
    const message = 'A structured filter is not understood here: use service_name, operation_name and attributes.';
    throw new InvalidParameter('unsupported-filter', 'filter', message);
  }
  const { serviceName, operationName } = request;
  const minDurationNano = nanoOf(request.durationMin);
  const maxDurationNano = nanoOf(request.durationMax);
  return {
    ...(serviceName && { service: serviceName }),
    ...(operationName && { operation: operationName }),
    ...(minDurationNano > 0n && { minDurationNano }),
    ...(maxDurationNano > 0n && { maxDurationNano }),
    tags,
    range: {
      startUnixNano: unixNanoOf(request.startTimeMin) ?? 0n,
      endUnixNano: unixNanoOf(request.startTimeMax) ?? nowUnixNano(),
    },
    limit: limitOf(request.searchDepth),
  };
}

/** @returns undefined for what is not given, as Go's programs do by their zero time, which is in the year 1 */
export function unixNanoOf(time: ProtoTime | undefined): bigint | undefined {
  const unixNano = nanoOf(time);
  return unixNano > 0n ? unixNano : undefined;
}

/** Answers are streamed, so they may be many. */
const maxLimit = 10_000;

/** 0 cannot be told from not given. */
function limitOf(searchDepth = 0): number {
  if (searchDepth <= 0) return defaultLimit;
  if (searchDepth <= maxLimit) return searchDepth;
  throw new InvalidParameter(
    'invalid-limit',
    'search_depth',
    `search_depth is ${searchDepth}, which is too many: give at most ${maxLimit}.`,
  );
}
