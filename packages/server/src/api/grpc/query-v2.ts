/**
 * Jaeger's first query API: spans in Jaeger's own protobuf.
 *
 * @see https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v2/query.proto
 */
import { field, message, type ResourceSpans, textMapEntry, writeProtobuf } from '@sightline/wire';
import type { GrpcService } from '../../grpc/grpc-server.ts';
import { InvalidParameter } from '../../query/invalid-parameter.ts';
import type { Store } from '../../store/store.ts';
import { jaegerSpanMessage } from '../../translate/jaeger-proto.ts';
import type { FindDependencies } from '../jaeger/dependency-links.ts';
import { protoSpans } from '../jaeger/jaeger-proto-span.ts';
import { loadTrace, loadTraces } from '../jaeger/load-traces.ts';
import { traceChunks } from '../jaeger/trace-chunks.ts';
import { searchTraces, type Tag } from '../jaeger/trace-search.ts';
import { getDependencies } from './dependency-reader.ts';
import { getOperations, getServices } from './name-methods.ts';
import { findRequest, type SearchRequest, searchMessage, searchOf, timeField } from './query-messages.ts';
import { type Asked, streamQuery, unaryQuery } from './query-method.ts';

const packageName = 'jaeger.api_v2';

const spansChunk = message(
  `${packageName}.SpansResponseChunk`,
  field(1, 'spans', 'message', { repeated: true, message: jaegerSpanMessage }),
);

const query = searchMessage(
  packageName,
  field(3, 'tags', 'message', {
    repeated: true,
    message: textMapEntry(`${packageName}.TraceQueryParameters.TagsEntry`),
  }),
  field(9, 'rawTraces', 'bool'),
);

const types = {
  trace: {
    request: message(
      `${packageName}.GetTraceRequest`,
      field(1, 'traceId', 'id'),
      timeField(2, 'startTime'),
      timeField(3, 'endTime'),
      field(4, 'rawTraces', 'bool'),
    ),
    response: spansChunk,
  },
  archive: {
    request: message(
      `${packageName}.ArchiveTraceRequest`,
      field(1, 'traceId', 'id'),
      timeField(2, 'startTime'),
      timeField(3, 'endTime'),
    ),
    response: message(`${packageName}.ArchiveTraceResponse`),
  },
  find: { request: findRequest(`${packageName}.FindTracesRequest`, query), response: spansChunk },
};

const dependencies = { packageName, response: 'GetDependenciesResponse', link: 'DependencyLink', source: true };

export function queryServiceV2(store: Store, graph?: FindDependencies): GrpcService {
  const names = field(1, 'operationNames', 'string', { repeated: true });
  return {
    name: `${packageName}.QueryService`,
    methods: {
      GetTrace: streamQuery(store, types.trace, getTrace),
      FindTraces: streamQuery(store, types.find, findTraces),
      ArchiveTrace: unaryQuery(store, types.archive, archiveTrace),
      GetServices: getServices(store, packageName),
      GetOperations: getOperations(store, packageName, (operations) => [names, operations(2)]),
      ...(graph && { GetDependencies: getDependencies(store, graph, dependencies) }),
    },
  };
}

interface TraceRequest {
  traceId?: string;
}

async function* getTrace(request: TraceRequest, { lookup }: Asked): AsyncGenerator<Uint8Array> {
  yield* traceChunks(await loadTrace(lookup, traceIdOf(request)), encode);
}

/** There is no second store to copy it to: it stays as long as --retention says. */
async function archiveTrace(request: TraceRequest, { lookup }: Asked): Promise<object> {
  await loadTrace(lookup, traceIdOf(request));
  return {};
}

function traceIdOf({ traceId = '' }: TraceRequest): string {
  const id = traceId.padStart(32, '0');
  if (!/^0*$/.test(id)) return id;
  throw new InvalidParameter('missing-trace-id', 'trace_id', 'Which trace? trace_id is empty.');
}

async function* findTraces(request: FindRequest, { search, lookup }: Asked): AsyncGenerator<Uint8Array> {
  const found = await searchTraces(search, searchOf(request.query, request.query?.tags ?? []));
  for await (const { trace } of loadTraces(lookup, found)) yield* traceChunks(trace, encode);
}

interface FindRequest {
  query?: SearchRequest & { tags?: Tag[] };
}

function encode(resourceSpans: ResourceSpans[]): Uint8Array {
  return writeProtobuf(spansChunk, { spans: protoSpans(resourceSpans) });
}
