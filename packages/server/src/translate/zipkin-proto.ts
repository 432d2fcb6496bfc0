/**
 * Zipkin's protobuf, `zipkin.proto3.ListOfSpans`.
 *
 * @see https://github.com/openzipkin/zipkin-api/blob/master/zipkin.proto
 */
import { field, message, readProtobuf, type SpanKindNumber } from '@sightline/wire';
import { ipText } from './ip-text.ts';
import type { Translation } from './translation.ts';
import { ZipkinTranslation } from './zipkin-otlp.ts';
import type { ZipkinAnnotation, ZipkinEndpoint, ZipkinSpan } from './zipkin-span.ts';

// Addresses are bytes, which come in hex where a table calls them ids.
const endpoint = message(
  'Endpoint',
  field(1, 'serviceName', 'string'),
  field(2, 'ipv4', 'id'),
  field(3, 'ipv6', 'id'),
  field(4, 'port', 'int64'),
);

const annotation = message('Annotation', field(1, 'timestamp', 'fixed64'), field(2, 'value', 'string'));

const tag = message('Tag', field(1, 'key', 'string'), field(2, 'value', 'string'));

const span = message(
  'Span',
  field(1, 'traceId', 'id'),
  field(2, 'parentId', 'id'),
  field(3, 'id', 'id'),
  field(4, 'kind', 'enum'),
  field(5, 'name', 'string'),
  field(6, 'timestamp', 'fixed64'),
  field(7, 'duration', 'int64'),
  field(8, 'localEndpoint', 'message', { message: endpoint }),
  field(9, 'remoteEndpoint', 'message', { message: endpoint }),
  field(10, 'annotations', 'message', { repeated: true, message: annotation }),
  field(11, 'tags', 'message', { repeated: true, message: tag }),
  field(12, 'debug', 'bool'),
  field(13, 'shared', 'bool'),
);

const listOfSpans = message('ListOfSpans', field(1, 'spans', 'message', { repeated: true, message: span }));

interface ProtoEndpoint {
  serviceName?: string;
  ipv4?: string;
  ipv6?: string;
  port?: string;
}

interface ProtoSpan {
  traceId?: string;
  parentId?: string;
  id?: string;
  kind?: number;
  name?: string;
  timestamp?: string;
  duration?: string;
  localEndpoint?: ProtoEndpoint;
  remoteEndpoint?: ProtoEndpoint;
  annotations?: { timestamp?: string; value?: string }[];
  tags?: { key?: string; value?: string }[];
  debug?: boolean;
  shared?: boolean;
}

/** @throws DecodeError with byte offset and field path */
export function translateZipkinProto(bytes: Uint8Array): Translation {
  const { spans = [] } = readProtobuf(bytes, listOfSpans) as { spans?: ProtoSpan[] };
  const translation = new ZipkinTranslation();
  for (const [index, proto] of spans.entries()) translation.add(spanOf(proto, `spans[${index}]`));
  return translation.finish();
}

/** By Zipkin's numbers. */
const kinds: readonly SpanKindNumber[] = [0, 3, 2, 4, 5];

function spanOf(proto: ProtoSpan, path: string): ZipkinSpan {
  return {
    path,
    traceId: proto.traceId ?? '',
    id: proto.id ?? '',
    parentId: proto.parentId ?? '',
    kind: kinds[proto.kind ?? 0] ?? 0,
    name: proto.name ?? '',
    startUnixNano: nanoOf(proto.timestamp),
    durationNano: nanoOf(proto.duration),
    annotations: (proto.annotations ?? []).map(annotationOf),
    tags: new Map((proto.tags ?? []).map(({ key = '', value = '' }) => [key, { stringValue: value }])),
    isDebug: proto.debug ?? false,
    isShared: proto.shared ?? false,
    ...(proto.localEndpoint ? { local: endpointOf(proto.localEndpoint) } : {}),
    ...(proto.remoteEndpoint ? { remote: endpointOf(proto.remoteEndpoint) } : {}),
  };
}

function annotationOf({ timestamp, value = '' }: { timestamp?: string; value?: string }): ZipkinAnnotation {
  return { unixNano: nanoOf(timestamp), value };
}

function endpointOf({ serviceName = '', ipv4 = '', ipv6 = '', port = '0' }: ProtoEndpoint): ZipkinEndpoint {
  return { serviceName, ipv4: ipText(ipv4), ipv6: ipText(ipv6), port: Number(BigInt.asUintN(16, BigInt(port))) };
}

function nanoOf(micros = '0'): bigint {
  return BigInt(micros) * 1000n;
}
