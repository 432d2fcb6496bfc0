import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JaegerRemoteSampler } from '@opentelemetry/sampler-jaeger-remote';
import { pino } from 'pino';
import protobuf from 'protobufjs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { callUnary, grpcClient } from '../../grpc/grpc-client.fixture.ts';
import { createGrpcServer, listenGrpc } from '../../grpc/grpc-server.ts';
import { createApp } from '../../http/app.ts';
import { listen } from '../../http/listen.ts';
import { registerSamplingGrpc } from './sampling-grpc.ts';
import { registerSampling } from './sampling-http.ts';
import { SamplingStrategies } from './sampling-strategies.ts';

const file = {
  default_strategy: { type: 'probabilistic', param: 0.5 },
  service_strategies: [
    { service: 'limited', type: 'ratelimiting', param: 5 },
    { service: 'rare', type: 'probabilistic', param: 0.125 },
    {
      service: 'shop & co',
      type: 'probabilistic',
      param: 0.25,
      operation_strategies: [{ operation: 'GET /health', type: 'probabilistic', param: 0 }],
    },
  ],
};

async function start(content: unknown = file) {
  const directory = await mkdtemp(join(tmpdir(), 'sightline-sampling-'));
  const path = join(directory, 'strategies.json');
  await writeFile(path, JSON.stringify(content));
  const log = { info: vi.fn(), error: vi.fn() };
  const strategies = SamplingStrategies.open(path, log);
  const app = createApp({ host: '127.0.0.1', log: pino({ level: 'silent' }) });
  registerSampling(app, strategies);
  const server = createGrpcServer({ host: '127.0.0.1', log });
  registerSamplingGrpc(server, strategies);
  onTestFinished(async () => {
    strategies.close();
    await Promise.all([app.close(), server.close()]);
    await rm(directory, { recursive: true });
  });
  const url = await listen(app, '127.0.0.1', 0, '--sampling-port');
  return { url, grpcUrl: await listenGrpc(server, '127.0.0.1', 0, '--sampling-grpc-port'), path, strategies, log };
}

test("OpenTelemetry's remote sampler takes it", async () => {
  const { url } = await start();
  vi.useFakeTimers({ toFake: ['setInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const samplerFor = async (serviceName: string): Promise<string> => {
    const initialSampler = { shouldSample: () => ({ decision: 0 }), toString: () => 'initial' };
    const sampler = new JaegerRemoteSampler({ endpoint: url, serviceName, initialSampler, poolingInterval: 1000 });
    vi.advanceTimersByTime(1000);
    await vi.waitFor(() => expect(String(sampler)).not.toContain('initial'), 20_000);
    return String(sampler);
  };
  expect(await samplerFor('rare')).toContain('root=TraceIdRatioBased{0.125}');
  expect(await samplerFor('any')).toContain('root=TraceIdRatioBased{0.5}');
  expect(await samplerFor('shop %26 co')).toContain('PerOperationSampler');
});

/** The parts of jaeger-client, which has no types, that are used here. */
interface JaegerClient {
  RemoteSampler: new (
    service: string,
    options: { hostPort: string; refreshInterval: number; logger: object; onSamplerUpdate: (sampler: object) => void },
  ) => { close(): void };
}

test('jaeger-client takes it, each kind of strategy', async () => {
  const { url } = await start();
  const { RemoteSampler } = createRequire(import.meta.url)('jaeger-client') as JaegerClient;
  const samplerFor = (service: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const sampler = new RemoteSampler(service, {
        hostPort: new URL(url).host,
        refreshInterval: 20,
        logger: { info: () => undefined, error: (message: string) => reject(new Error(message)) },
        onSamplerUpdate: (updated) => resolve(String(updated)),
      });
      onTestFinished(() => sampler.close());
    });
  expect(await samplerFor('rare')).toBe('ProbabilisticSampler(samplingRate=0.125)');
  expect(await samplerFor('limited')).toBe('RateLimitingSampler(maxTracesPerSecond=5)');
  expect(await samplerFor('shop & co')).toContain('PerOperationSampler');
});

test('over HTTP, on each path that clients know', async () => {
  const { url } = await start();
  for (const path of ['/', '/sampling', '/api/sampling']) {
    const answer = await fetch(`${url}${path}?service=limited`);
    expect([answer.headers.get('content-type'), await answer.text()], path).toEqual([
      'application/json; charset=utf-8',
      '{"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":5}}',
    ]);
  }
  for (const query of ['', '?service=a&service=b']) {
    const answer = await fetch(`${url}/sampling${query}`);
    expect([answer.status, await answer.text()]).toEqual([400, "'service' parameter must be provided once\n"]);
  }
  expect((await fetch(`${url}/baggageRestrictions`)).status).toBe(404);
});

test('over gRPC, for a decoder that is not ours', async () => {
  const { grpcUrl } = await start();
  const { root } = protobuf.parse(`
    syntax = "proto3";
    message Parameters { string serviceName = 1; }
    enum Type { PROBABILISTIC = 0; RATE_LIMITING = 1; }
    message Probabilistic { double samplingRate = 1; }
    message RateLimiting { int32 maxTracesPerSecond = 1; }
    message Operation { string operation = 1; Probabilistic probabilisticSampling = 2; }
    message PerOperation { double defaultSamplingProbability = 1; repeated Operation perOperationStrategies = 3; }
    message Response {
      Type strategyType = 1; Probabilistic probabilisticSampling = 2; RateLimiting rateLimitingSampling = 3;
      PerOperation operationSampling = 4;
    }
  `);
  const ask = async (serviceName: string): Promise<object> => {
    const request = root.lookupType('Parameters').encode({ serviceName }).finish();
    const path = '/jaeger.api_v2.SamplingManager/GetSamplingStrategy';
    const { message } = await callUnary(grpcClient(grpcUrl), path, request);
    const response = root.lookupType('Response');
    return response.toObject(response.decode(message ?? Buffer.alloc(0)), { enums: String });
  };
  expect(await ask('limited')).toEqual({
    strategyType: 'RATE_LIMITING',
    rateLimitingSampling: { maxTracesPerSecond: 5 },
  });
  expect(await ask('any')).toEqual({ probabilisticSampling: { samplingRate: 0.5 } });
  expect(await ask('shop & co')).toEqual({
    probabilisticSampling: { samplingRate: 0.25 },
    operationSampling: {
      defaultSamplingProbability: 0.25,
      perOperationStrategies: [{ operation: 'GET /health', probabilisticSampling: {} }],
    },
  });
});

test('a file that changes is read again; one that cannot be used is logged, and the last good one stays', async () => {
  const { strategies, path, log } = await start();
  const rate = (): number | undefined => strategies.for('any').probabilisticSampling?.samplingRate;
  await writeFile(path, '{"default_strategy":{"type":"probabilistic","param":7}}');
  await vi.waitFor(() => expect(log.error).toHaveBeenCalledOnce(), 20_000);
  expect(String(log.error.mock.calls[0]?.[0].err)).toContain(
    'default_strategy.param: 7, where a number from 0 to 1 belongs',
  );
  expect(rate()).toBe(0.5);
  await writeFile(`${path}.new`, '{"default_strategy":{"type":"probabilistic","param":0.75}}');
  await rename(`${path}.new`, path);
  await vi.waitFor(() => expect(rate()).toBe(0.75), 20_000);
  expect(log.info).toHaveBeenCalledOnce();
});

test('without a file, everything is kept; with one that cannot be used, nothing starts', async () => {
  const log = pino({ level: 'silent' });
  expect(SamplingStrategies.open(undefined, log).for('any')).toEqual({
    strategyType: 'PROBABILISTIC',
    probabilisticSampling: { samplingRate: 1 },
  });
  expect(() => SamplingStrategies.open('/no/such/file', log)).toThrow(
    expect.objectContaining({
      code: 'sampling-file-unusable',
      message: expect.stringContaining('Cannot use the sampling strategies in /no/such/file: ENOENT'),
    }),
  );
});
