/**
 * Jaeger's Thrift, as its clients send it: `Batch` over HTTP, and calls of the agent's `emitBatch` over UDP.
 * A batch's running number and its sender's counts of dropped spans belong to no span, and are not kept.
 *
 * @see https://github.com/jaegertracing/jaeger-idl/tree/main/thrift
 */
import { type AnyValue, base64Of, type KeyValue } from '@sightline/wire';
import { JaegerTranslation } from './jaeger-otlp.ts';
import type { JaegerLog, JaegerReference, JaegerSpan } from './jaeger-span.ts';
import { readThriftMessage, readThriftStruct } from './thrift-reader.ts';
import { type ThriftObject, thriftStruct } from './thrift-struct.ts';
import type { Translation } from './translation.ts';

const tag = thriftStruct({
  key: [1, 'string'],
  type: [2, 'i32'],
  string: [3, 'string'],
  double: [4, 'double'],
  bool: [5, 'bool'],
  long: [6, 'i64'],
  binary: [7, 'binary'],
});

const log = thriftStruct({ timestamp: [1, 'i64'], fields: [2, [tag]] });

const reference = thriftStruct({
  refType: [1, 'i32'],
  traceIdLow: [2, 'i64'],
  traceIdHigh: [3, 'i64'],
  spanId: [4, 'i64'],
});

const span = thriftStruct({
  traceIdLow: [1, 'i64'],
  traceIdHigh: [2, 'i64'],
  spanId: [3, 'i64'],
  parentSpanId: [4, 'i64'],
  operationName: [5, 'string'],
  references: [6, [reference]],
  flags: [7, 'i32'],
  startTime: [8, 'i64'],
  duration: [9, 'i64'],
  tags: [10, [tag]],
  logs: [11, [log]],
});

const batch = thriftStruct({
  process: [1, thriftStruct({ serviceName: [1, 'string'], tags: [2, [tag]] })],
  spans: [2, [span]],
});

const emitBatchArguments = thriftStruct({ batch: [1, batch] });

/**
 * A `Batch`, binary or compact.
 * @throws DecodeError with byte offset and field path
 */
export function translateJaegerThrift(bytes: Uint8Array): Translation {
  return translate(readThriftStruct(bytes, batch), '');
}

/**
 * A call of `Agent.emitBatch`, binary or compact: one datagram.
 * @throws DecodeError with byte offset and field path
 */
export function translateJaegerThriftMessage(bytes: Uint8Array): Translation {
  return translate(readThriftMessage(bytes, 'emitBatch', emitBatchArguments).batch ?? {}, 'batch.');
}

function translate({ process, spans = [] }: ThriftObject<typeof batch>, path: string): Translation {
  const translation = new JaegerTranslation();
  const from = { serviceName: process?.serviceName ?? '', tags: (process?.tags ?? []).map(attributeOf) };
  for (const [index, one] of spans.entries()) translation.add(spanOf(one, `${path}spans[${index}]`), from);
  return translation.finish();
}

function spanOf(thrift: ThriftObject<typeof span>, path: string): JaegerSpan {
  return {
    path,
    traceId: traceIdOf(thrift),
    spanId: hexOf64(thrift.spanId),
    parentSpanId: hexOf64(thrift.parentSpanId),
    operationName: thrift.operationName ?? '',
    references: (thrift.references ?? []).map(referenceOf),
    flags: thrift.flags ?? 0,
    startUnixNano: nanoOf(thrift.startTime),
    durationNano: nanoOf(thrift.duration),
    tags: (thrift.tags ?? []).map(attributeOf),
    logs: (thrift.logs ?? []).map(logOf),
    warnings: [],
  };
}

function referenceOf(thrift: ThriftObject<typeof reference>): JaegerReference {
  const type = thrift.refType === 1 ? 'FOLLOWS_FROM' : 'CHILD_OF';
  return { type, traceId: traceIdOf(thrift), spanId: hexOf64(thrift.spanId) };
}

function logOf({ timestamp, fields = [] }: ThriftObject<typeof log>): JaegerLog {
  return { unixNano: nanoOf(timestamp), fields: fields.map(attributeOf) };
}

function attributeOf(thrift: ThriftObject<typeof tag>): KeyValue {
  return { key: thrift.key ?? '', value: anyValueOf(thrift) };
}

/** By the type that is said, not by what is there: senders may fill in the others with zeros. */
function anyValueOf({ type = 0, string, double = 0, bool, long = 0n, binary }: ThriftObject<typeof tag>): AnyValue {
  switch (type) {
    case 0:
      return { stringValue: string ?? '' };
    case 1:
      return { doubleValue: Number.isFinite(double) ? double : (String(double) as 'NaN' | 'Infinity' | '-Infinity') };
    case 2:
      return { boolValue: bool ?? false };
    case 3:
      return { intValue: String(long) };
    case 4:
      return { bytesValue: base64Of(binary ?? new Uint8Array()) };
    default:
      return {};
  }
}

/** Half a trace id was all that there was, once: its upper half is 0 then. */
function traceIdOf({ traceIdHigh, traceIdLow }: { traceIdHigh?: bigint; traceIdLow?: bigint }): string {
  return hexOf64(traceIdHigh) + hexOf64(traceIdLow);
}

function hexOf64(id = 0n): string {
  return BigInt.asUintN(64, id).toString(16).padStart(16, '0');
}

function nanoOf(micros = 0n): bigint {
  return micros * 1000n;
}
