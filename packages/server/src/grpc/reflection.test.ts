import { on } from 'node:events';
import { Metadata } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor.js';
import { expect, onTestFinished, test } from 'vitest';
import { registerJaegerGrpc } from '../receive/jaeger-grpc.ts';
import { registerOtlpGrpc } from '../receive/otlp-grpc.ts';
import { startGrpcReceiver } from '../receive/receiver.fixture.ts';
import { callUnary, grpcClient } from './grpc-client.fixture.ts';

/** The protocol itself, written by hand from its .proto, so that the tables are not tested with themselves. */
const protocol = protobuf.parse(`
  syntax = "proto3";
  message Request {
    string file_by_filename = 3; string file_containing_symbol = 4;
    string all_extension_numbers_of_type = 6; string list_services = 7;
  }
  message Files { repeated bytes file_descriptor_proto = 1; }
  message Service { string name = 1; }
  message Services { repeated Service service = 1; }
  message Error { int32 error_code = 1; string error_message = 2; }
  message Response {
    Request original_request = 2; Files file_descriptor_response = 4;
    Services list_services_response = 6; Error error_response = 7;
  }
`).root;

interface Response {
  originalRequest: object;
  fileDescriptorResponse?: { fileDescriptorProto: Uint8Array[] };
  listServicesResponse?: { service: { name: string }[] };
  errorResponse?: { errorCode: number; errorMessage: string };
}

async function start(version: string) {
  const { url } = await startGrpcReceiver((server, deps) => {
    registerOtlpGrpc(server, deps);
    registerJaegerGrpc(server, deps);
  });
  const client = grpcClient(url);
  const call = client.makeBidiStreamRequest(
    `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
    (request: object) => Buffer.from(protocol.lookupType('Request').encode(request).finish()),
    (bytes: Buffer) => protocol.lookupType('Response').decode(bytes) as unknown as Response,
    new Metadata(),
  );
  onTestFinished(() => call.cancel());
  call.on('error', () => undefined);
  const answers = on(call, 'data');
  const ask = async (request: object): Promise<Response> => {
    call.write(request);
    return (await answers.next()).value[0];
  };
  return { client, ask };
}

test.each(['v1', 'v1alpha'])('%s lists the services whose messages are known', async (version) => {
  const { ask } = await start(version);
  const { listServicesResponse } = await ask({ listServices: '*' });
  expect(listServicesResponse?.service.map(({ name }) => name)).toEqual([
    'grpc.health.v1.Health',
    'grpc.reflection.v1.ServerReflection',
    'grpc.reflection.v1alpha.ServerReflection',
    'opentelemetry.proto.collector.trace.v1.TraceService',
    'jaeger.api_v2.CollectorService',
  ]);
});

test('gives files with which another decoder writes what is taken here', async () => {
  const { ask, client } = await start('v1');
  const files = new Map<string, { name: string; dependency: string[] }>();
  const fetchFile = async (request: object): Promise<void> => {
    for (const bytes of (await ask(request)).fileDescriptorResponse?.fileDescriptorProto ?? []) {
      const file = descriptor.FileDescriptorProto.decode(bytes) as unknown as { name: string; dependency: string[] };
      if (files.has(file.name)) continue;
      files.set(file.name, file);
      for (const fileByFilename of file.dependency) await fetchFile({ fileByFilename });
    }
  };
  await fetchFile({ fileContainingSymbol: 'opentelemetry.proto.collector.trace.v1.TraceService.Export' });
  await fetchFile({ fileContainingSymbol: 'jaeger.api_v2.Span' });
  const root = protobuf.Root.fromDescriptor({ file: [...files.values()] } as never).resolveAll();
  expect([...files.keys()].sort()).toEqual([
    'google/protobuf.proto',
    'jaeger/api_v2.proto',
    'opentelemetry/proto/collector/trace/v1.proto',
    'opentelemetry/proto/common/v1.proto',
    'opentelemetry/proto/resource/v1.proto',
    'opentelemetry/proto/trace/v1.proto',
  ]);
  expect(root.lookupEnum('opentelemetry.proto.trace.v1.Span.SpanKind').values.SPAN_KIND_CLIENT).toBe(3);

  const { request, response } = {
    request: root.lookupType('opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest'),
    response: root.lookupType('opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse'),
  };
  const span = { traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8), name: 'written by reflection', kind: 2 };
  const { message } = await callUnary(
    client,
    '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    request.encode(request.fromObject({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })).finish(),
  );
  expect(response.toObject(response.decode(message ?? Buffer.alloc(0)), { longs: String })).toEqual({
    partialSuccess: { rejectedSpans: '1', errorMessage: expect.stringContaining('spanId is all zeros') },
  });
});

test('says what is not there', async () => {
  const { ask } = await start('v1');
  const answer = await ask({ fileContainingSymbol: 'no.Such' });
  expect(answer).toMatchObject({
    originalRequest: { fileContainingSymbol: 'no.Such' },
    errorResponse: { errorCode: 5, errorMessage: 'There is no no.Such here.' },
  });
  expect(await ask({ allExtensionNumbersOfType: 'a.B' })).toMatchObject({ errorResponse: { errorCode: 5 } });
});
