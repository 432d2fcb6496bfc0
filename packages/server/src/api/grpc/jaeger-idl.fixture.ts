/**
 * For tests: Jaeger's query protocols by a codec that is not ours. Written by hand from the field names and numbers of
 * jaeger-idl's .proto files, so that our tables are not tested with themselves.
 *
 * @see https://github.com/jaegertracing/jaeger-idl/tree/main/proto
 */
import { type Client, type ClientReadableStream, Metadata, type ServiceError } from '@grpc/grpc-js';
import protobuf from 'protobufjs';

const common = `
  syntax = "proto3";
  message Timestamp { int64 seconds = 1; int32 nanos = 2; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }
  message Empty {}
  message GetServicesResponse { repeated string services = 1; }
  message GetOperationsRequest { string service = 1; string span_kind = 2; }
  message Operation { string name = 1; string span_kind = 2; }
  message GetOperationsResponse { repeated Operation operations = 1; }
  message TimeRange { Timestamp start_time = 1; Timestamp end_time = 2; }
  message Dependency { string parent = 1; string child = 2; uint64 call_count = 3; string source = 4; }
  message GetDependenciesResponse { repeated Dependency dependencies = 1; }
  message Filter { string op = 1; }
  message ServiceSummary { string name = 1; int32 span_count = 2; int32 error_span_count = 3; }
`;

/** As far as the tests look at them. */
const otlp = `
  message TracesData { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { Scope scope = 1; repeated Span spans = 2; string schema_url = 3; }
  message Scope { string name = 1; string version = 2; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue {
    oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
      ArrayValue array_value = 5; bytes bytes_value = 7; }
  }
  message ArrayValue { repeated AnyValue values = 1; }
  message Span { bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
    fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9; }
`;

const search = (tags: string, filter: number): string => `
  message TraceQueryParameters {
    string service_name = 1; string operation_name = 2; ${tags} = 3;
    Timestamp start_time_min = 4; Timestamp start_time_max = 5; Duration duration_min = 6; Duration duration_max = 7;
    int32 search_depth = 8; Filter filter = ${filter};
  }
  message FindRequest { TraceQueryParameters query = 1; }
`;

const summaries = (traceId: string): string => `
  message TraceSummary {
    ${traceId} trace_id = 1; string root_service_name = 2; string root_operation_name = 3;
    fixed64 min_start_time_unix_nano = 4; fixed64 max_end_time_unix_nano = 5;
    int32 span_count = 6; int32 error_span_count = 7; int32 orphan_span_count = 8; repeated ServiceSummary services = 9;
  }
  message FindTraceSummariesResponse { repeated TraceSummary summaries = 1; }
`;

const v2 = protobuf.parse(`${common} ${search('map<string, string> tags', 100)}
  message GetTraceRequest { bytes trace_id = 1; }
  message OperationNames { repeated string operationNames = 1; repeated Operation operations = 2; }
  message KeyValue { string key = 1; int32 v_type = 2; string v_str = 3; bool v_bool = 4; int64 v_int64 = 5;
    double v_float64 = 6; bytes v_binary = 7; }
  message Log { Timestamp timestamp = 1; repeated KeyValue fields = 2; }
  message SpanRef { bytes trace_id = 1; bytes span_id = 2; int32 ref_type = 3; }
  message Process { string service_name = 1; repeated KeyValue tags = 2; }
  message Span { bytes trace_id = 1; bytes span_id = 2; string operation_name = 3; repeated SpanRef references = 4;
    uint32 flags = 5; Timestamp start_time = 6; Duration duration = 7; repeated KeyValue tags = 8;
    repeated Log logs = 9; Process process = 10; }
  message SpansResponseChunk { repeated Span spans = 1; }
`).root;

const v3 = protobuf.parse(`${common} ${otlp} ${search('map<string, string> attributes', 10)} ${summaries('string')}
  message GetTraceRequest { string trace_id = 1; }
`).root;

const storage = protobuf.parse(`${common} ${otlp} ${search('repeated KeyValue attributes', 9)} ${summaries('bytes')}
  message GetTraceParams { bytes trace_id = 1; }
  message GetTracesRequest { repeated GetTraceParams query = 1; }
  message FoundTraceID { bytes trace_id = 1; Timestamp start = 2; Timestamp end = 3; }
  message FindTraceIDsResponse { repeated FoundTraceID trace_ids = 1; }
  message SearchCapabilities { bool without_service_name = 1; bool same_span_conjunction = 2; }
  message GetCapabilitiesResponse { SearchCapabilities search = 1; }
`).root;

type Method = readonly [root: protobuf.Root, request: string, response: string];

const methods: Record<string, Method> = {
  '/jaeger.api_v2.QueryService/GetTrace': [v2, 'GetTraceRequest', 'SpansResponseChunk'],
  '/jaeger.api_v2.QueryService/GetDependencies': [v2, 'TimeRange', 'GetDependenciesResponse'],
  '/jaeger.api_v3.QueryService/GetDependencies': [v3, 'TimeRange', 'GetDependenciesResponse'],
  '/jaeger.storage.v2.DependencyReader/GetDependencies': [storage, 'TimeRange', 'GetDependenciesResponse'],
  '/jaeger.api_v2.QueryService/ArchiveTrace': [v2, 'GetTraceRequest', 'Empty'],
  '/jaeger.api_v2.QueryService/FindTraces': [v2, 'FindRequest', 'SpansResponseChunk'],
  '/jaeger.api_v2.QueryService/GetServices': [v2, 'Empty', 'GetServicesResponse'],
  '/jaeger.api_v2.QueryService/GetOperations': [v2, 'GetOperationsRequest', 'OperationNames'],
  '/jaeger.api_v3.QueryService/GetTrace': [v3, 'GetTraceRequest', 'TracesData'],
  '/jaeger.api_v3.QueryService/FindTraces': [v3, 'FindRequest', 'TracesData'],
  '/jaeger.api_v3.QueryService/FindTraceSummaries': [v3, 'FindRequest', 'FindTraceSummariesResponse'],
  '/jaeger.api_v3.QueryService/GetServices': [v3, 'Empty', 'GetServicesResponse'],
  '/jaeger.api_v3.QueryService/GetOperations': [v3, 'GetOperationsRequest', 'GetOperationsResponse'],
  '/jaeger.storage.v2.TraceReader/GetTraces': [storage, 'GetTracesRequest', 'TracesData'],
  '/jaeger.storage.v2.TraceReader/FindTraces': [storage, 'FindRequest', 'TracesData'],
  '/jaeger.storage.v2.TraceReader/FindTraceIDs': [storage, 'FindRequest', 'FindTraceIDsResponse'],
  '/jaeger.storage.v2.TraceReader/FindTraceSummaries': [storage, 'FindRequest', 'FindTraceSummariesResponse'],
  '/jaeger.storage.v2.TraceReader/GetServices': [storage, 'Empty', 'GetServicesResponse'],
  '/jaeger.storage.v2.TraceReader/GetOperations': [storage, 'GetOperationsRequest', 'GetOperationsResponse'],
  '/jaeger.storage.v2.Capabilities/GetCapabilities': [storage, 'Empty', 'GetCapabilitiesResponse'],
};

/** 64-bit integers as decimal strings, bytes as hex; fields that are not there are left out. */
export type Answer = Record<string, unknown>;

/** @throws ServiceError */
export function ask(client: Client, path: string, request: object = {}): Promise<Answer> {
  const { write, read } = codec(path);
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, write, read, request, (error: ServiceError | null, answer?: Answer) =>
      error || !answer ? reject(error) : resolve(answer),
    );
  });
}

/** Every message of a stream. @throws ServiceError */
export async function askStream(client: Client, path: string, request: object = {}): Promise<Answer[]> {
  const answers: Answer[] = [];
  for await (const answer of openStream(client, path, request)) answers.push(answer);
  return answers;
}

export function openStream(client: Client, path: string, request: object = {}): ClientReadableStream<Answer> {
  const { write, read } = codec(path);
  return client.makeServerStreamRequest(path, write, read, request, new Metadata());
}

function codec(path: string): { write(request: object): Buffer; read(bytes: Buffer): Answer } {
  const method = methods[path];
  if (!method) throw new Error(`The fixture has no method ${path}.`);
  const [root, requestName, responseName] = method;
  const request = root.lookupType(requestName);
  const response = root.lookupType(responseName);
  return {
    write: (object) => Buffer.from(request.encode(request.fromObject(object)).finish()),
    read: (bytes) => plain(response.toObject(response.decode(bytes), { longs: String })) as Answer,
  };
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}
