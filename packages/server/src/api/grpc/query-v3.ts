/**
 * Jaeger's second query API: spans in OTLP.
 *
 * @see https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v3/query_service.proto
 */
import { field, message, textMapEntry, tracesData, writeProtobuf, writeTraces } from '@sightline/wire';
import type { GrpcService } from '../../grpc/grpc-server.ts';
import { InvalidParameter } from '../../query/invalid-parameter.ts';
import type { Store } from '../../store/store.ts';
import type { FindDependencies } from '../jaeger/dependency-links.ts';
import { loadTrace, loadTraces } from '../jaeger/load-traces.ts';
import { traceChunks } from '../jaeger/trace-chunks.ts';
import { parseJaegerTraceId } from '../jaeger/trace-id.ts';
import { searchTraces, type Tag, type TraceSearch } from '../jaeger/trace-search.ts';
import { jaegerSummaries } from '../jaeger/trace-summaries.ts';
import { getDependencies } from './dependency-reader.ts';
import { getOperations, getServices } from './name-methods.ts';
import { filterField, findRequest, type SearchRequest, searchMessage, searchOf, timeField } from './query-messages.ts';
import { type Asked, streamQuery } from './query-method.ts';
import { summariesResponse } from './summaries-response.ts';

const packageName = 'jaeger.api_v3';

const query = searchMessage(
  packageName,
  field(3, 'attributes', 'message', {
    repeated: true,
    message: textMapEntry(`${packageName}.TraceQueryParameters.AttributesEntry`),
  }),
  field(9, 'rawTraces', 'bool'),
  filterField(10),
);

const types = {
  trace: {
    request: message(
      `${packageName}.GetTraceRequest`,
      field(1, 'traceId', 'string'),
      timeField(2, 'startTime'),
      timeField(3, 'endTime'),
      field(4, 'rawTraces', 'bool'),
    ),
    response: tracesData,
  },
  find: { request: findRequest(`${packageName}.FindTracesRequest`, query), response: tracesData },
  summaries: {
    request: findRequest(`${packageName}.FindTraceSummariesRequest`, query),
    response: summariesResponse(packageName, 'string'),
  },
};

const dependencies = { packageName, response: 'DependenciesResponse', link: 'Dependency', source: false };

export function queryServiceV3(store: Store, graph?: FindDependencies): GrpcService {
  return {
    name: `${packageName}.QueryService`,
    methods: {
      GetTrace: streamQuery(store, types.trace, getTrace),
      FindTraces: streamQuery(store, types.find, findTraces),
      FindTraceSummaries: streamQuery(store, types.summaries, findTraceSummaries),
      GetServices: getServices(store, packageName),
      GetOperations: getOperations(store, packageName),
      ...(graph && { GetDependencies: getDependencies(store, graph, dependencies) }),
    },
  };
}

async function* getTrace({ traceId = '' }: { traceId?: string }, { lookup }: Asked): AsyncGenerator<Uint8Array> {
  const trace = await loadTrace(lookup, parseJaegerTraceId(traceId));
  yield* traceChunks(trace, (resourceSpans) => writeTraces({ resourceSpans }));
}

async function* findTraces(request: FindRequest, { search, lookup }: Asked): AsyncGenerator<Uint8Array> {
  const found = await searchTraces(search, searchOfRequest(request));
  for await (const { trace } of loadTraces(lookup, found)) {
    yield* traceChunks(trace, (resourceSpans) => writeTraces({ resourceSpans }));
  }
}

async function* findTraceSummaries(request: FindRequest, { search, lookup }: Asked): AsyncGenerator<Uint8Array> {
  const found = await searchTraces(search, searchOfRequest(request));
  yield writeProtobuf(types.summaries.response, { summaries: await jaegerSummaries(lookup, found) });
}

interface FindRequest {
  query?: SearchRequest & { attributes?: Tag[] };
}

/** The times are required here, and only here. */
function searchOfRequest({ query }: FindRequest): TraceSearch {
  if (query && !(query.startTimeMin && query.startTimeMax)) {
    const message = 'start time min and max are required parameters';
    throw new InvalidParameter('missing-time-range', 'start_time_min', message);
  }
  return searchOf(query, query?.attributes ?? []);
}
