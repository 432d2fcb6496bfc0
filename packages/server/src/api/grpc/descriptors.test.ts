/** What reflection says of the query services, read by protobufjs and used to ask them. */
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeFiles } from '../../grpc/descriptors.ts';
import { callUnary } from '../../grpc/grpc-client.fixture.ts';
import { createGrpcServer } from '../../grpc/grpc-server.ts';
import { openStoreFixture, type StoreFixture } from '../../query/store.fixture.ts';
import { story, storyStart, storyTraceId } from '../api.fixture.ts';
import { startQueries } from './queries.fixture.ts';
import { registerQueries } from './register-queries.ts';

let stored: StoreFixture;
beforeAll(async () => {
  stored = await openStoreFixture();
  await stored.insert(story);
});
afterAll(() => stored.remove());

function describedServices(): protobuf.Root {
  const server = createGrpcServer({ host: '127.0.0.1', log: { error: console.error } });
  registerQueries(server, stored.store);
  const files = describeFiles(server.services.values()).map(({ bytes }) =>
    descriptor.FileDescriptorProto.decode(bytes),
  );
  const root = protobuf.Root.fromDescriptor({ file: files } as never);
  root.resolveAll();
  return root;
}

test('every method is there, and those that stream say so', () => {
  const root = describedServices();
  const methodsOf = (name: string): string[] =>
    root.lookupService(name).methodsArray.map((method) => `${method.name}${method.responseStream ? ' stream' : ''}`);
  expect(methodsOf('jaeger.api_v2.QueryService')).toEqual([
    'GetTrace stream',
    'FindTraces stream',
    'ArchiveTrace',
    'GetServices',
    'GetOperations',
  ]);
  expect(methodsOf('jaeger.api_v3.QueryService')).toEqual([
    'GetTrace stream',
    'FindTraces stream',
    'FindTraceSummaries stream',
    'GetServices',
    'GetOperations',
  ]);
  expect(methodsOf('jaeger.storage.v2.TraceReader')).toEqual([
    'GetTraces stream',
    'GetServices',
    'GetOperations',
    'FindTraces stream',
    'FindTraceIDs',
    'FindTraceSummaries stream',
  ]);
});

test('a map is told as a map', () => {
  const { fields } = describedServices().lookupType('jaeger.api_v3.TraceQueryParameters');
  expect(fields.attributes).toMatchObject({ map: true, keyType: 'string', type: 'string' });
});

test('what is written by it is understood', async () => {
  const { client } = await startQueries(stored.store);
  const root = describedServices();
  const request = root.lookupType('jaeger.storage.v2.FindTraceIDsRequest');
  const response = root.lookupType('jaeger.storage.v2.FindTraceIDsResponse');
  const query = {
    serviceName: 'proxy',
    attributes: [{ key: 'http.route', value: { stringValue: '/' } }],
    startTimeMin: { seconds: String(storyStart / 1_000_000_000n) },
  };
  const { message = Buffer.alloc(0) } = await callUnary(
    client,
    '/jaeger.storage.v2.TraceReader/FindTraceIDs',
    request.encode(request.fromObject({ query })).finish(),
  );
  expect(response.toObject(response.decode(message), { bytes: String })).toMatchObject({
    traceIds: [{ traceId: Buffer.from(storyTraceId, 'hex').toString('base64') }],
  });
});
