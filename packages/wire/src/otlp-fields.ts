/**
 * OTLP's trace messages as data: for each message, its fields by number. The protobuf reader,
 * the protobuf writer, the JSON reader, the check of incoming bytes and gRPC's reflection are loops over
 * these tables, so that they cannot disagree.
 *
 * @see https://github.com/open-telemetry/opentelemetry-proto/tree/main/opentelemetry/proto
 */

export type FieldType =
  | 'string'
  /** Bytes; hex in OTLP JSON. */
  | 'id'
  /** Bytes; base64 in OTLP JSON. */
  | 'bytes'
  | 'bool'
  | 'uint32'
  | 'enum'
  | 'int32'
  /** Varint, two's complement. */
  | 'int64'
  /** Varint. */
  | 'uint64'
  | 'fixed32'
  | 'fixed64'
  | 'double'
  | 'message';

export interface Field {
  number: number;
  /** camelCase, as OTLP JSON writes it. */
  name: string;
  type: FieldType;
  isRepeated: boolean;
  /** Present in the JSON form even when it has the default value. */
  isRequired: boolean;
  /** Written even when it has the default value, because being there is what it says. */
  isOneOf: boolean;
  message?: Message;
  enum?: EnumType;
}

export interface EnumType {
  /** With its package, and the message that it is declared in. */
  name: string;
  /** By number. */
  values: readonly string[];
}

export interface Message {
  /** With its package, as `opentelemetry.proto.trace.v1.Span.Event`. */
  name: string;
  /** By field number; holes where OTLP has no field, or none that is kept. */
  fields: readonly (Field | undefined)[];
  /** By camelCase and by snake_case name. */
  byName: ReadonlyMap<string, Field>;
  /** Those of `fields` with `isRequired`. */
  required: readonly Field[];
  /** One pair of a protobuf `map`, which is written as a list of such pairs. */
  isMapEntry?: true;
}

export interface FieldOptions {
  repeated?: boolean;
  required?: boolean;
  oneOf?: boolean;
  message?: Message;
  enum?: EnumType;
}

export function field(number: number, name: string, type: FieldType, options: FieldOptions = {}): Field {
  return {
    number,
    name,
    type,
    isRepeated: options.repeated ?? false,
    isRequired: options.required ?? false,
    isOneOf: options.oneOf ?? false,
    ...(options.message && { message: options.message }),
    ...(options.enum && { enum: options.enum }),
  };
}

export function message(name: string, ...fields: Field[]): Message {
  const byNumber: (Field | undefined)[] = [];
  const byName = new Map<string, Field>();
  const result = { name, fields: byNumber, byName, required: fields.filter((field) => field.isRequired) };
  for (const field of fields) {
    byNumber[field.number] = field;
    byName.set(field.name, field);
    byName.set(
      field.name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      field,
    );
  }
  return result;
}

/** @param name with the message that it is declared in: `….Query.TagsEntry` for its field `tags` */
export function textMapEntry(name: string): Message {
  return { ...message(name, field(1, 'key', 'string'), field(2, 'value', 'string')), isMapEntry: true };
}

/** AnyValue holds lists of AnyValue: its last fields are added once those exist. */
const anyValueFields: (Field | undefined)[] = [];
const anyValueByName = new Map<string, Field>();
const anyValue: Message = {
  name: 'opentelemetry.proto.common.v1.AnyValue',
  fields: anyValueFields,
  byName: anyValueByName,
  required: [],
};

const keyValue: Message = message(
  'opentelemetry.proto.common.v1.KeyValue',
  field(1, 'key', 'string', { required: true }),
  field(2, 'value', 'message', { required: true, message: anyValue }),
);
const arrayValue = message(
  'opentelemetry.proto.common.v1.ArrayValue',
  field(1, 'values', 'message', { repeated: true, required: true, message: anyValue }),
);
const keyValueList = message(
  'opentelemetry.proto.common.v1.KeyValueList',
  field(1, 'values', 'message', { repeated: true, required: true, message: keyValue }),
);
const complete = message(
  'opentelemetry.proto.common.v1.AnyValue',
  field(1, 'stringValue', 'string', { oneOf: true }),
  field(2, 'boolValue', 'bool', { oneOf: true }),
  field(3, 'intValue', 'int64', { oneOf: true }),
  field(4, 'doubleValue', 'double', { oneOf: true }),
  field(5, 'arrayValue', 'message', { oneOf: true, message: arrayValue }),
  field(6, 'kvlistValue', 'message', { oneOf: true, message: keyValueList }),
  field(7, 'bytesValue', 'bytes', { oneOf: true }),
);
for (const [number, field] of complete.fields.entries()) anyValueFields[number] = field;
for (const [name, field] of complete.byName) anyValueByName.set(name, field);

const attributes = (number: number, required = false): Field =>
  field(number, 'attributes', 'message', { repeated: true, required, message: keyValue });

const event = message(
  'opentelemetry.proto.trace.v1.Span.Event',
  field(1, 'timeUnixNano', 'fixed64', { required: true }),
  field(2, 'name', 'string', { required: true }),
  attributes(3),
  field(4, 'droppedAttributesCount', 'uint32'),
);

const link = message(
  'opentelemetry.proto.trace.v1.Span.Link',
  field(1, 'traceId', 'id', { required: true }),
  field(2, 'spanId', 'id', { required: true }),
  field(3, 'traceState', 'string'),
  attributes(4),
  field(5, 'droppedAttributesCount', 'uint32'),
  field(6, 'flags', 'fixed32'),
);

const status = message(
  'opentelemetry.proto.trace.v1.Status',
  field(2, 'message', 'string'),
  field(3, 'code', 'enum', {
    enum: {
      name: 'opentelemetry.proto.trace.v1.Status.StatusCode',
      values: ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'],
    },
  }),
);

const spanKinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];

export const spanMessage: Message = message(
  'opentelemetry.proto.trace.v1.Span',
  field(1, 'traceId', 'id', { required: true }),
  field(2, 'spanId', 'id', { required: true }),
  field(3, 'traceState', 'string'),
  field(4, 'parentSpanId', 'id'),
  field(5, 'name', 'string', { required: true }),
  field(6, 'kind', 'enum', {
    enum: { name: 'opentelemetry.proto.trace.v1.Span.SpanKind', values: spanKinds.map((kind) => `SPAN_KIND_${kind}`) },
  }),
  field(7, 'startTimeUnixNano', 'fixed64', { required: true }),
  field(8, 'endTimeUnixNano', 'fixed64', { required: true }),
  attributes(9),
  field(10, 'droppedAttributesCount', 'uint32'),
  field(11, 'events', 'message', { repeated: true, message: event }),
  field(12, 'droppedEventsCount', 'uint32'),
  field(13, 'links', 'message', { repeated: true, message: link }),
  field(14, 'droppedLinksCount', 'uint32'),
  field(15, 'status', 'message', { message: status }),
  field(16, 'flags', 'fixed32'),
);

const resource = message(
  'opentelemetry.proto.resource.v1.Resource',
  attributes(1, true),
  field(2, 'droppedAttributesCount', 'uint32'),
);

const scope = message(
  'opentelemetry.proto.common.v1.InstrumentationScope',
  field(1, 'name', 'string'),
  field(2, 'version', 'string'),
  attributes(3),
  field(4, 'droppedAttributesCount', 'uint32'),
);

const scopeSpans = message(
  'opentelemetry.proto.trace.v1.ScopeSpans',
  field(1, 'scope', 'message', { message: scope }),
  field(2, 'spans', 'message', { repeated: true, required: true, message: spanMessage }),
  field(3, 'schemaUrl', 'string'),
);

const resourceSpans = message(
  'opentelemetry.proto.trace.v1.ResourceSpans',
  field(1, 'resource', 'message', { message: resource }),
  field(2, 'scopeSpans', 'message', { repeated: true, required: true, message: scopeSpans }),
  field(3, 'schemaUrl', 'string'),
);

const traces = field(1, 'resourceSpans', 'message', { repeated: true, required: true, message: resourceSpans });

export const tracesData: Message = message('opentelemetry.proto.trace.v1.TracesData', traces);

/** The same bytes as `TracesData`. */
export const exportTraceRequest: Message = message(
  'opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest',
  traces,
);

export const exportTraceResponse: Message = message(
  'opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse',
  field(1, 'partialSuccess', 'message', {
    message: message(
      'opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess',
      field(1, 'rejectedSpans', 'int64'),
      field(2, 'errorMessage', 'string'),
    ),
  }),
);

/** @see https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto */
export const retryInfo: Message = message(
  'google.rpc.RetryInfo',
  field(1, 'retryDelay', 'message', {
    message: message('google.protobuf.Duration', field(1, 'seconds', 'int64'), field(2, 'nanos', 'int32')),
  }),
);

/** `google.rpc.Status`, the body of OTLP's error answers. */
export const rpcStatus: Message = message(
  'google.rpc.Status',
  field(1, 'code', 'int32'),
  field(2, 'message', 'string'),
  field(3, 'details', 'message', {
    repeated: true,
    message: message('google.protobuf.Any', field(1, 'typeUrl', 'string'), field(2, 'value', 'bytes')),
  }),
);

/** proto3 does not write such a value, and does not tell it from an absent one. */
export function isDefault(field: Field, value: unknown): boolean {
  const isText64 = field.type === 'fixed64' || field.type === 'int64' || field.type === 'uint64';
  return isText64 ? value === '0' : value === '' || value === 0 || value === false;
}

/** OTLP's own nesting is 7 deep; the rest is for attribute values in attribute values. */
export const maxDepth = 64;
