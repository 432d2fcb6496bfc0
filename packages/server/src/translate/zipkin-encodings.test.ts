/** A span means the same in each encoding that can say it; protobuf is written by a library that is not ours. */
import fc, { type Arbitrary } from 'fast-check';
import protobuf from 'protobufjs';
import { expect, test } from 'vitest';
import { jsonBytes, spansOf } from './zipkin.fixture.ts';
import { translateZipkinJson } from './zipkin-json.ts';
import { translateZipkinProto } from './zipkin-proto.ts';

const { root } = protobuf.parse(`
  syntax = "proto3";
  message Endpoint { string service_name = 1; bytes ipv4 = 2; bytes ipv6 = 3; int32 port = 4; }
  message Annotation { fixed64 timestamp = 1; string value = 2; }
  message Span {
    bytes trace_id = 1; bytes parent_id = 2; bytes id = 3;
    enum Kind { SPAN_KIND_UNSPECIFIED = 0; CLIENT = 1; SERVER = 2; PRODUCER = 3; CONSUMER = 4; }
    Kind kind = 4; string name = 5; fixed64 timestamp = 6; uint64 duration = 7;
    Endpoint local_endpoint = 8; Endpoint remote_endpoint = 9; repeated Annotation annotations = 10;
    map<string, string> tags = 11; bool debug = 12; bool shared = 13;
  }
  message ListOfSpans { repeated Span spans = 1; }
`);
const listOfSpans = root.lookupType('ListOfSpans');

const id = (bytes: number): Arbitrary<string> =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .filter((id) => id.some((byte) => byte !== 0))
    .map((id) => Buffer.from(id).toString('hex'));
const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const micros = fc.integer({ min: 0, max: 4e15 });
const key = fc.oneof(
  text,
  fc.constantFrom('error', 'otel.status_code', 'service.name', 'otel.scope.name', 'peer.service', 'span.kind'),
);

interface ModelEndpoint {
  serviceName?: string;
  ipv4?: number[];
  port?: number;
}

const endpoint: Arbitrary<ModelEndpoint> = fc.record(
  {
    serviceName: text,
    ipv4: fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }),
    port: fc.nat(65535),
  },
  { requiredKeys: [] },
);

const model = fc.record(
  {
    traceId: fc.oneof(id(8), id(16)),
    id: id(8),
    parentId: id(8),
    kind: fc.constantFrom('CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'),
    name: text,
    timestamp: micros,
    duration: micros,
    localEndpoint: endpoint,
    remoteEndpoint: endpoint,
    annotations: fc.array(fc.record({ timestamp: micros, value: text }), { maxLength: 3 }),
    tags: fc.dictionary(key, text, { maxKeys: 5 }),
    debug: fc.boolean(),
    shared: fc.boolean(),
  },
  { requiredKeys: ['traceId', 'id'] },
);

type Model = typeof model extends Arbitrary<infer Value> ? Value : never;

const hex = (id: string | undefined): Buffer | undefined => (id === undefined ? undefined : Buffer.from(id, 'hex'));

function protobufBytes(spans: Model[]): Uint8Array {
  const kinds = root.lookupEnum('Span.Kind').values;
  const all = spans.map(({ traceId, id, parentId, kind, ...rest }) => ({
    ...rest,
    traceId: hex(traceId),
    id: hex(id),
    ...(parentId ? { parentId: hex(parentId) } : {}),
    ...(kind ? { kind: kinds[kind] } : {}),
  }));
  return listOfSpans.encode(listOfSpans.create({ spans: all })).finish();
}

function withAddressText(endpoint: ModelEndpoint | undefined): object | undefined {
  return endpoint?.ipv4 ? { ...endpoint, ipv4: endpoint.ipv4.join('.') } : endpoint;
}

test('JSON and protobuf', () =>
  fc.assert(
    fc.property(fc.array(model, { maxLength: 5 }), (spans) => {
      const json = spans.map((span) => ({
        ...span,
        localEndpoint: withAddressText(span.localEndpoint),
        remoteEndpoint: withAddressText(span.remoteEndpoint),
      }));
      const fromJson = translateZipkinJson(jsonBytes(json));
      expect(fromJson).toMatchObject({ spanCount: spans.length, refusedCount: 0 });
      expect(spansOf(translateZipkinProto(protobufBytes(spans)))).toEqual(spansOf(fromJson));
    }),
  ));
