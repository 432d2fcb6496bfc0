/**
 * Jaeger's protobuf, `jaeger.api_v2.PostSpansRequest`, which is a batch in a message of its own.
 *
 * @see https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v2/model.proto
 */
import { type AnyValue, field, type KeyValue, type Message, message, readProtobuf } from '@sightline/wire';
import { JaegerTranslation } from './jaeger-otlp.ts';
import type { JaegerLog, JaegerProcess, JaegerReference, JaegerSpan } from './jaeger-span.ts';
import { durationMessage, nanoOf, type ProtoTime, timestampMessage } from './protobuf-time.ts';
import type { Translation } from './translation.ts';

const keyValue = message(
  'jaeger.api_v2.KeyValue',
  field(1, 'key', 'string'),
  field(2, 'vType', 'enum', {
    enum: { name: 'jaeger.api_v2.ValueType', values: ['STRING', 'BOOL', 'INT64', 'FLOAT64', 'BINARY'] },
  }),
  field(3, 'vStr', 'string'),
  field(4, 'vBool', 'bool'),
  field(5, 'vInt64', 'int64'),
  field(6, 'vFloat64', 'double'),
  field(7, 'vBinary', 'bytes'),
);

const log = message(
  'jaeger.api_v2.Log',
  field(1, 'timestamp', 'message', { message: timestampMessage }),
  field(2, 'fields', 'message', { repeated: true, message: keyValue }),
);

const process = message(
  'jaeger.api_v2.Process',
  field(1, 'serviceName', 'string'),
  field(2, 'tags', 'message', { repeated: true, message: keyValue }),
);

const reference = message(
  'jaeger.api_v2.SpanRef',
  field(1, 'traceId', 'id'),
  field(2, 'spanId', 'id'),
  field(3, 'refType', 'enum', { enum: { name: 'jaeger.api_v2.SpanRefType', values: ['CHILD_OF', 'FOLLOWS_FROM'] } }),
);

export const jaegerSpanMessage: Message = message(
  'jaeger.api_v2.Span',
  field(1, 'traceId', 'id'),
  field(2, 'spanId', 'id'),
  field(3, 'operationName', 'string'),
  field(4, 'references', 'message', { repeated: true, message: reference }),
  field(5, 'flags', 'uint32'),
  field(6, 'startTime', 'message', { message: timestampMessage }),
  field(7, 'duration', 'message', { message: durationMessage }),
  field(8, 'tags', 'message', { repeated: true, message: keyValue }),
  field(9, 'logs', 'message', { repeated: true, message: log }),
  field(10, 'process', 'message', { message: process }),
  field(12, 'warnings', 'string', { repeated: true }),
);

const batch = message(
  'jaeger.api_v2.Batch',
  field(1, 'spans', 'message', { repeated: true, message: jaegerSpanMessage }),
  field(2, 'process', 'message', { message: process }),
);

export const postSpansRequest: Message = message(
  'jaeger.api_v2.PostSpansRequest',
  field(1, 'batch', 'message', { message: batch }),
);

export interface ProtoKeyValue {
  key?: string;
  vType?: number;
  vStr?: string;
  vBool?: boolean;
  vInt64?: string;
  vFloat64?: NonNullable<AnyValue['doubleValue']>;
  vBinary?: string;
}

interface ProtoProcess {
  serviceName?: string;
  tags?: ProtoKeyValue[];
}

interface ProtoReference {
  traceId?: string;
  spanId?: string;
  refType?: number;
}

interface ProtoLog {
  timestamp?: ProtoTime;
  fields?: ProtoKeyValue[];
}

/** As `readProtobuf` gives it, and `writeProtobuf` takes it. */
export interface ProtoSpan {
  traceId?: string;
  spanId?: string;
  operationName?: string;
  references?: ProtoReference[];
  flags?: number;
  startTime?: ProtoTime;
  duration?: ProtoTime;
  tags?: ProtoKeyValue[];
  logs?: ProtoLog[];
  process?: ProtoProcess;
  warnings?: string[];
}

interface PostSpansRequest {
  batch?: { spans?: ProtoSpan[]; process?: ProtoProcess };
}

/** @throws DecodeError with byte offset and field path */
export function translateJaegerProto(bytes: Uint8Array): Translation {
  const { batch = {} } = readProtobuf(bytes, postSpansRequest) as PostSpansRequest;
  const translation = new JaegerTranslation();
  const ofBatch = processOf(batch.process ?? {});
  const ofSpans = new Map<string, JaegerProcess>();
  for (const [index, one] of (batch.spans ?? []).entries()) {
    const from = one.process ? sharedProcess(one.process, ofSpans) : ofBatch;
    translation.add(spanOf(one, `batch.spans[${index}]`), from);
  }
  return translation.finish();
}

/** Each span may carry its process along, and then most carry the same. */
function sharedProcess(proto: ProtoProcess, processes: Map<string, JaegerProcess>): JaegerProcess {
  const key = JSON.stringify(proto);
  let shared = processes.get(key);
  if (shared === undefined) {
    shared = processOf(proto);
    processes.set(key, shared);
  }
  return shared;
}

function processOf({ serviceName = '', tags = [] }: ProtoProcess): JaegerProcess {
  return { serviceName, tags: tags.map(attributeOf) };
}

function spanOf(proto: ProtoSpan, path: string): JaegerSpan {
  return {
    path,
    traceId: traceIdOf(proto.traceId),
    spanId: proto.spanId ?? '',
    parentSpanId: '',
    operationName: proto.operationName ?? '',
    references: (proto.references ?? []).map(referenceOf),
    flags: proto.flags ?? 0,
    startUnixNano: nanoOf(proto.startTime),
    durationNano: nanoOf(proto.duration),
    tags: (proto.tags ?? []).map(attributeOf),
    logs: (proto.logs ?? []).map(logOf),
    warnings: proto.warnings ?? [],
  };
}

function referenceOf({ traceId, spanId = '', refType }: ProtoReference): JaegerReference {
  return { type: refType === 1 ? 'FOLLOWS_FROM' : 'CHILD_OF', traceId: traceIdOf(traceId), spanId };
}

function logOf({ timestamp, fields = [] }: ProtoLog): JaegerLog {
  return { unixNano: nanoOf(timestamp), fields: fields.map(attributeOf) };
}

function attributeOf(proto: ProtoKeyValue): KeyValue {
  return { key: proto.key ?? '', value: anyValueOf(proto) };
}

function anyValueOf({ vType = 0, vStr, vBool, vInt64, vFloat64, vBinary }: ProtoKeyValue): AnyValue {
  switch (vType) {
    case 0:
      return { stringValue: vStr ?? '' };
    case 1:
      return { boolValue: vBool ?? false };
    case 2:
      return { intValue: vInt64 ?? '0' };
    case 3:
      return { doubleValue: vFloat64 ?? 0 };
    case 4:
      return { bytesValue: vBinary ?? '' };
    default:
      return {};
  }
}

/** Half a trace id was all that there was, once. */
function traceIdOf(hex = ''): string {
  return hex.length === 16 ? hex.padStart(32, '0') : hex;
}
