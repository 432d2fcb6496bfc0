import { once } from 'node:events';
import { Metadata } from '@grpc/grpc-js';
import { expect, onTestFinished, test } from 'vitest';
import { callUnary, grpcClient } from './grpc-client.fixture.ts';
import { createGrpcServer, listenGrpc } from './grpc-server.ts';

/** `HealthCheckRequest{service}` */
const requestOf = (service: string): Buffer => Buffer.from(`\x0a${String.fromCharCode(service.length)}${service}`);

async function start() {
  const server = createGrpcServer({ host: '127.0.0.1', authToken: 'secret', log: { error: () => undefined } });
  const client = grpcClient(await listenGrpc(server, '127.0.0.1', 0, '--grpc-port'));
  onTestFinished(() => server.close());
  return { server, client };
}

test('a probe without a token hears that the server and its services serve', async () => {
  const { client } = await start();
  const check = async (request: Buffer) => callUnary(client, '/grpc.health.v1.Health/Check', request);
  expect((await check(Buffer.alloc(0))).message).toEqual(Buffer.from([8, 1]));
  expect((await check(requestOf('grpc.health.v1.Health'))).message).toEqual(Buffer.from([8, 1]));
  expect((await check(requestOf('no.Such'))).error).toMatchObject({ code: 5 });
  expect((await check(Buffer.from([0xff]))).error).toMatchObject({ code: 3 });
});

test('who watches hears at once, and again when the server stops', async () => {
  const { server, client } = await start();
  const watch = (service: string) =>
    client.makeServerStreamRequest(
      '/grpc.health.v1.Health/Watch',
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      requestOf(service),
      new Metadata(),
    );
  const unknown = watch('no.Such');
  expect(await once(unknown, 'data')).toEqual([Buffer.from([8, 3])]);
  unknown.on('error', () => undefined).cancel();
  const known = watch('grpc.health.v1.Health');
  expect(await once(known, 'data')).toEqual([Buffer.from([8, 1])]);
  const ended = once(known.resume(), 'error');
  await server.close();
  expect(await ended).toMatchObject([{ code: 14, details: 'The server is stopping.' }]);
});
