/**
 * Jaeger's remote storage, version 2: what a Jaeger asks of the backend that keeps its traces. They come in as OTLP, at
 * the receivers.
 *
 * @see https://github.com/jaegertracing/jaeger-idl/blob/main/proto/storage/v2/trace_storage.proto
 */
import {
  type AnyValue,
  field,
  message,
  type TraceSummary,
  textOf,
  tracesData,
  writeProtobuf,
  writeTraces,
} from '@sightline/wire';
import type { GrpcService } from '../../grpc/grpc-server.ts';
import { InvalidParameter } from '../../query/invalid-parameter.ts';
import type { Store } from '../../store/store.ts';
import { protoTimeOf } from '../../translate/protobuf-time.ts';
import { type LoadedTrace, loadByIds, loadTraces } from '../jaeger/load-traces.ts';
import { traceChunks } from '../jaeger/trace-chunks.ts';
import { searchTraces, type Tag } from '../jaeger/trace-search.ts';
import { jaegerSummaries } from '../jaeger/trace-summaries.ts';
import { getOperations, getServices } from './name-methods.ts';
import { filterField, findRequest, type SearchRequest, searchMessage, searchOf, timeField } from './query-messages.ts';
import { type Asked, streamQuery, unaryQuery } from './query-method.ts';
import { summariesResponse } from './summaries-response.ts';

const packageName = 'jaeger.storage.v2';

/** Of the kinds that a search can be made for. */
const anyValue = message(
  `${packageName}.AnyValue`,
  field(1, 'stringValue', 'string', { oneOf: true }),
  field(2, 'boolValue', 'bool', { oneOf: true }),
  field(3, 'intValue', 'int64', { oneOf: true }),
  field(4, 'doubleValue', 'double', { oneOf: true }),
);

const query = searchMessage(
  packageName,
  field(3, 'attributes', 'message', {
    repeated: true,
    message: message(
      `${packageName}.KeyValue`,
      field(1, 'key', 'string'),
      field(2, 'value', 'message', { message: anyValue }),
    ),
  }),
  filterField(9),
);

const traceParams = message(
  `${packageName}.GetTraceParams`,
  field(1, 'traceId', 'id'),
  timeField(2, 'startTime'),
  timeField(3, 'endTime'),
);

const foundTraceId = message(
  `${packageName}.FoundTraceID`,
  field(1, 'traceId', 'id'),
  timeField(2, 'start'),
  timeField(3, 'end'),
);

const types = {
  traces: {
    request: message(
      `${packageName}.GetTracesRequest`,
      field(1, 'query', 'message', { repeated: true, message: traceParams }),
    ),
    response: tracesData,
  },
  find: { request: findRequest(`${packageName}.FindTracesRequest`, query), response: tracesData },
  findIds: {
    request: findRequest(`${packageName}.FindTraceIDsRequest`, query),
    response: message(
      `${packageName}.FindTraceIDsResponse`,
      field(1, 'traceIds', 'message', { repeated: true, message: foundTraceId }),
    ),
  },
  summaries: {
    request: findRequest(`${packageName}.FindTraceSummariesRequest`, query),
    response: summariesResponse(packageName, 'id'),
  },
};

export function traceReader(store: Store): GrpcService {
  return {
    name: `${packageName}.TraceReader`,
    methods: {
      GetTraces: streamQuery(store, types.traces, getTraces),
      GetServices: getServices(store, packageName),
      GetOperations: getOperations(store, packageName),
      FindTraces: streamQuery(store, types.find, findTraces),
      FindTraceIDs: unaryQuery(store, types.findIds, async (request: FindRequest, { search }) => {
        return { traceIds: (await find(request, search)).map(foundIdOf) };
      }),
      FindTraceSummaries: streamQuery(store, types.summaries, findTraceSummaries),
    },
  };
}

/** The times are hints for stores that need them; a trace is found here without. */
async function* getTraces(
  { query = [] }: { query?: { traceId?: string }[] },
  { lookup }: Asked,
): AsyncGenerator<Uint8Array> {
  for (const { traceId = '' } of query) yield* allChunks(loadByIds(lookup, [traceId.padStart(32, '0')]));
}

async function* findTraces(request: FindRequest, { search, lookup }: Asked): AsyncGenerator<Uint8Array> {
  yield* allChunks(loadTraces(lookup, await find(request, search)));
}

async function* allChunks(traces: AsyncIterable<LoadedTrace>): AsyncGenerator<Uint8Array> {
  for await (const { trace } of traces) {
    yield* traceChunks(trace, (resourceSpans) => writeTraces({ resourceSpans }));
  }
}

async function* findTraceSummaries(request: FindRequest, { search, lookup }: Asked): AsyncGenerator<Uint8Array> {
  const summaries = await jaegerSummaries(lookup, await find(request, search));
  if (summaries.length > 0) yield writeProtobuf(types.summaries.response, { summaries });
}

interface FindRequest {
  query?: SearchRequest & { attributes?: { key?: string; value?: AnyValue }[] };
}

function find({ query }: FindRequest, search: Asked['search']): Promise<TraceSummary[]> {
  return searchTraces(search, searchOf(query, (query?.attributes ?? []).map(tagOf)));
}

function tagOf({ key = '', value = {} }: { key?: string; value?: AnyValue }): Tag {
  if (Object.keys(value).length > 0) return { key, value: textOf(value) };
  const message = `The attribute ${JSON.stringify(key)} can be found by a string, a number or a truth value, no other.`;
  throw new InvalidParameter('unsupported-attribute', 'attributes', message);
}

function foundIdOf({ traceId, startUnixNano, durationNano }: TraceSummary): object {
  const start = BigInt(startUnixNano);
  return { traceId, start: protoTimeOf(start), end: protoTimeOf(start + BigInt(durationNano)) };
}
