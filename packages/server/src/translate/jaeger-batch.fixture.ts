/** For tests: a Jaeger batch, written in each of the formats by the format's own library. */
import protobuf from 'protobufjs';
import { translateJaegerProto } from './jaeger-proto.ts';
import { translateJaegerThrift, translateJaegerThriftMessage } from './jaeger-thrift.ts';
import { type ThriftObject, thriftStruct } from './thrift-struct.ts';
import { thriftBytes, writeMessage, writeStruct } from './thrift-writer.fixture.ts';
import type { Translate } from './translation.ts';

type TagValue = string | number | boolean | bigint | Uint8Array;
/** Numbers are doubles, bigints are integers. */
export type Tags = Record<string, TagValue>;

interface Ids {
  traceIdHigh?: bigint;
  traceIdLow?: bigint;
  spanId?: bigint;
}

export interface BatchSpan extends Ids {
  parentSpanId?: bigint;
  operationName?: string;
  references?: (Ids & { refType: number })[];
  flags?: number;
  /** Microseconds. */
  startTime?: bigint;
  duration?: bigint;
  tags?: Tags;
  logs?: { timestamp: bigint; fields: Tags }[];
}

export interface Batch {
  process?: { serviceName: string; tags: Tags };
  spans: BatchSpan[];
}

export interface JaegerFormat {
  name: string;
  write(batch: Batch): Uint8Array;
  translate: Translate;
  /** What refusals call the batch's spans. */
  spans: string;
}

export const jaegerFormats: readonly JaegerFormat[] = [
  {
    name: 'Thrift binary',
    write: (from) => thriftBytes('binary', (output) => writeStruct(output, batch, thriftBatch(from))),
    translate: translateJaegerThrift,
    spans: 'spans',
  },
  {
    name: 'Thrift compact',
    write: (from) => thriftBytes('compact', (output) => writeStruct(output, batch, thriftBatch(from))),
    translate: translateJaegerThrift,
    spans: 'spans',
  },
  {
    name: 'a call of emitBatch, binary',
    write: (from) => emitBatch('binary', from),
    translate: translateJaegerThriftMessage,
    spans: 'batch.spans',
  },
  {
    name: 'a call of emitBatch, compact',
    write: (from) => emitBatch('compact', from),
    translate: translateJaegerThriftMessage,
    spans: 'batch.spans',
  },
  {
    name: 'protobuf',
    write: (from) => postSpansRequest({ batch: protoBatch(from) }),
    translate: translateJaegerProto,
    spans: 'batch.spans',
  },
];

/** A datagram as an agent gets it. */
export function emitBatch(protocol: 'binary' | 'compact', from: Batch): Buffer {
  const args = thriftStruct({ batch: [1, batch] });
  return thriftBytes(protocol, (output) => writeMessage(output, 'emitBatch', args, { batch: thriftBatch(from) }));
}

const tag = thriftStruct({
  key: [1, 'string'],
  vType: [2, 'i32'],
  vStr: [3, 'string'],
  vDouble: [4, 'double'],
  vBool: [5, 'bool'],
  vLong: [6, 'i64'],
  vBinary: [7, 'binary'],
});

const batch = thriftStruct({
  process: [1, thriftStruct({ serviceName: [1, 'string'], tags: [2, [tag]] })],
  spans: [
    2,
    [
      thriftStruct({
        traceIdLow: [1, 'i64'],
        traceIdHigh: [2, 'i64'],
        spanId: [3, 'i64'],
        parentSpanId: [4, 'i64'],
        operationName: [5, 'string'],
        references: [
          6,
          [
            thriftStruct({
              refType: [1, 'i32'],
              traceIdLow: [2, 'i64'],
              traceIdHigh: [3, 'i64'],
              spanId: [4, 'i64'],
            }),
          ],
        ],
        flags: [7, 'i32'],
        startTime: [8, 'i64'],
        duration: [9, 'i64'],
        tags: [10, [tag]],
        logs: [11, [thriftStruct({ timestamp: [1, 'i64'], fields: [2, [tag]] })]],
      }),
    ],
  ],
});

function thriftBatch({ process = { serviceName: 'shop', tags: {} }, spans }: Batch): ThriftObject<typeof batch> {
  return {
    process: { serviceName: process.serviceName, tags: thriftTags(process.tags) },
    spans: spans.map(({ tags = {}, logs = [], ...span }) => ({
      ...span,
      tags: thriftTags(tags),
      logs: logs.map(({ timestamp, fields }) => ({ timestamp, fields: thriftTags(fields) })),
    })),
  };
}

function thriftTags(tags: Tags): ThriftObject<typeof tag>[] {
  return Object.entries(tags).map(([key, value]) => {
    if (typeof value === 'string') return { key, vType: 0, vStr: value };
    if (typeof value === 'number') return { key, vType: 1, vDouble: value };
    if (typeof value === 'boolean') return { key, vType: 2, vBool: value };
    if (typeof value === 'bigint') return { key, vType: 3, vLong: value };
    return { key, vType: 4, vBinary: value };
  });
}

/** @see https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v2/model.proto */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Timestamp { int64 seconds = 1; int32 nanos = 2; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }
  message KeyValue {
    string key = 1; int32 vType = 2; string vStr = 3; bool vBool = 4; int64 vInt64 = 5; double vFloat64 = 6; bytes vBinary = 7;
  }
  message Log { Timestamp timestamp = 1; repeated KeyValue fields = 2; }
  message SpanRef { bytes traceId = 1; bytes spanId = 2; int32 refType = 3; }
  message Process { string serviceName = 1; repeated KeyValue tags = 2; }
  message Span {
    bytes traceId = 1; bytes spanId = 2; string operationName = 3; repeated SpanRef references = 4; uint32 flags = 5;
    Timestamp startTime = 6; Duration duration = 7; repeated KeyValue tags = 8; repeated Log logs = 9;
    Process process = 10; string processId = 11; repeated string warnings = 12;
  }
  message Batch { repeated Span spans = 1; Process process = 2; }
  message PostSpansRequest { Batch batch = 1; }
`);

/** What a gRPC call carries. */
export function postSpansRequest(message: object): Uint8Array {
  const type = root.lookupType('PostSpansRequest');
  return type.encode(type.fromObject(message)).finish();
}

function protoBatch({ process = { serviceName: 'shop', tags: {} }, spans }: Batch): object {
  return {
    process: { serviceName: process.serviceName, tags: protoTags(process.tags) },
    spans: spans.map((span) => ({
      ...protoIds(span),
      operationName: span.operationName,
      references: [...parentReference(span), ...(span.references ?? [])].map((reference) => ({
        ...protoIds(reference),
        refType: reference.refType,
      })),
      flags: span.flags,
      startTime: protoTime(span.startTime),
      duration: protoTime(span.duration),
      tags: protoTags(span.tags ?? {}),
      logs: (span.logs ?? []).map(({ timestamp, fields }) => ({
        timestamp: protoTime(timestamp),
        fields: protoTags(fields),
      })),
    })),
  };
}

/** The only way in which protobuf can say it. */
function parentReference({
  traceIdHigh = 0n,
  traceIdLow = 0n,
  parentSpanId = 0n,
}: BatchSpan): (Ids & { refType: number })[] {
  return parentSpanId === 0n ? [] : [{ traceIdHigh, traceIdLow, spanId: parentSpanId, refType: 0 }];
}

function protoIds({ traceIdHigh = 0n, traceIdLow = 0n, spanId = 0n }: Ids): { traceId: Buffer; spanId: Buffer } {
  return { traceId: Buffer.concat([bytesOf(traceIdHigh), bytesOf(traceIdLow)]), spanId: bytesOf(spanId) };
}

function bytesOf(id: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(id);
  return bytes;
}

/** Nanoseconds count upwards, before 1970 too. */
function protoTime(micros = 0n): { seconds: string; nanos: number } {
  const nanos = (((micros % 1_000_000n) + 1_000_000n) % 1_000_000n) * 1000n;
  return { seconds: String((micros - nanos / 1000n) / 1_000_000n), nanos: Number(nanos) };
}

function protoTags(tags: Tags): object[] {
  return Object.entries(tags).map(([key, value]) => {
    if (typeof value === 'string') return { key, vType: 0, vStr: value };
    if (typeof value === 'boolean') return { key, vType: 1, vBool: value };
    if (typeof value === 'bigint') return { key, vType: 2, vInt64: String(value) };
    if (typeof value === 'number') return { key, vType: 3, vFloat64: value };
    return { key, vType: 4, vBinary: value };
  });
}
