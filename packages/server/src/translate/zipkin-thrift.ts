/**
 * Zipkin's v1 Thrift: a list of spans in the binary protocol.
 *
 * @see https://github.com/openzipkin/zipkin-api/blob/master/thrift/zipkinCore.thrift
 */
import { type AnyValue, base64Of, hexOf, utf8Of } from '@sightline/wire';
import { ipText } from './ip-text.ts';
import { readThriftList } from './thrift-reader.ts';
import { type ThriftObject, thriftStruct } from './thrift-struct.ts';
import type { Translation } from './translation.ts';
import { ZipkinTranslation } from './zipkin-otlp.ts';
import {
  emptyBase,
  type ZipkinBinaryAnnotation,
  type ZipkinEndpoint,
  type ZipkinV1Annotation,
  type ZipkinV1Span,
} from './zipkin-span.ts';

/** @throws DecodeError with byte offset and field path */
export function translateZipkinV1Thrift(bytes: Uint8Array): Translation {
  const translation = new ZipkinTranslation();
  for (const [index, span] of readThriftList(bytes, spanStruct).entries()) translation.addV1(spanOf(span, index));
  return translation.finish();
}

const endpointStruct = thriftStruct({
  ipv4: [1, 'i32'],
  port: [2, 'i16'],
  serviceName: [3, 'string'],
  ipv6: [4, 'binary'],
});

const annotationStruct = thriftStruct({
  timestamp: [1, 'i64'],
  value: [2, 'string'],
  host: [3, endpointStruct],
});

const binaryAnnotationStruct = thriftStruct({
  key: [1, 'string'],
  value: [2, 'binary'],
  annotationType: [3, 'i32'],
  host: [4, endpointStruct],
});

const spanStruct = thriftStruct({
  traceId: [1, 'i64'],
  name: [3, 'string'],
  id: [4, 'i64'],
  parentId: [5, 'i64'],
  annotations: [6, [annotationStruct]],
  binaryAnnotations: [8, [binaryAnnotationStruct]],
  debug: [9, 'bool'],
  timestamp: [10, 'i64'],
  duration: [11, 'i64'],
  traceIdHigh: [12, 'i64'],
});

function spanOf(span: ThriftObject<typeof spanStruct>, index: number): ZipkinV1Span {
  return {
    ...emptyBase(`[${index}]`),
    traceId: span.traceId === undefined ? '' : hexOfId(span.traceIdHigh) + hexOfId(span.traceId),
    id: hexOfId(span.id),
    parentId: hexOfId(span.parentId),
    name: span.name ?? '',
    startUnixNano: nanoOf(span.timestamp),
    durationNano: nanoOf(span.duration),
    isDebug: span.debug ?? false,
    annotations: (span.annotations ?? []).map(annotationOf),
    binaryAnnotations: (span.binaryAnnotations ?? []).map(binaryAnnotationOf),
  };
}

/** '' of none. */
function hexOfId(id: bigint | undefined): string {
  return id === undefined ? '' : BigInt.asUintN(64, id).toString(16).padStart(16, '0');
}

function nanoOf(micros: bigint | undefined): bigint {
  return (micros ?? 0n) * 1000n;
}

function annotationOf({ timestamp, value, host }: ThriftObject<typeof annotationStruct>): ZipkinV1Annotation {
  return { unixNano: nanoOf(timestamp), value: value ?? '', ...(host ? { endpoint: endpointOf(host) } : {}) };
}

function endpointOf({ serviceName, ipv4, ipv6, port }: ThriftObject<typeof endpointStruct>): ZipkinEndpoint {
  return {
    serviceName: serviceName ?? '',
    ipv4: ipv4 ? ipText((ipv4 >>> 0).toString(16).padStart(8, '0')) : '',
    ipv6: ipv6 ? ipText(hexOf(ipv6)) : '',
    port: (port ?? 0) & 0xffff,
  };
}

function binaryAnnotationOf(annotation: ThriftObject<typeof binaryAnnotationStruct>): ZipkinBinaryAnnotation {
  const { key = '', value = new Uint8Array(), annotationType = bytesType, host } = annotation;
  return { key, value: annotationValue(value, annotationType), ...(host ? { endpoint: endpointOf(host) } : {}) };
}

/** `AnnotationType`; numbers are big-endian. */
const [boolType, bytesType, i16Type, i32Type, i64Type, doubleType, stringType] = [0, 1, 2, 3, 4, 5, 6] as const;

/** What has not the size of its type stays the bytes it is. */
function annotationValue(bytes: Uint8Array, type: number): AnyValue {
  if (type === stringType) return { stringValue: utf8Of(bytes, 0, bytes.length) };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type === boolType && bytes.length === 1) return { boolValue: bytes[0] !== 0 };
  if (type === i16Type && bytes.length === 2) return { intValue: String(view.getInt16(0)) };
  if (type === i32Type && bytes.length === 4) return { intValue: String(view.getInt32(0)) };
  if (type === i64Type && bytes.length === 8) return { intValue: String(view.getBigInt64(0)) };
  if (type === doubleType && bytes.length === 8) return { doubleValue: finite(view.getFloat64(0)) };
  return { bytesValue: base64Of(bytes) };
}

/** JSON's form of OTLP has texts for what JSON has no numbers for. */
function finite(value: number): NonNullable<AnyValue['doubleValue']> {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}
