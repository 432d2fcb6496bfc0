/** What a program notices of a format being asked for, or of where its spans should go: nothing. */
import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { AgentReport } from '@sightline/wire';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeBackend } from '../../testing/fake-backend.ts';
import {
  grpcReceiver,
  jaegerReceiver,
  otlpJsonReceiver,
  type Receiver,
  zipkinReceiver,
} from '../../testing/receivers.ts';
import { Workbench } from '../../testing/workbench.ts';

let bench: Workbench;
let script: string;

beforeAll(() => {
  bench = new Workbench();
  script = bench.write(
    'working.cjs',
    `const { trace } = require('@opentelemetry/api');
    const tracer = trace.getTracer('program');
    tracer.startSpan('first').end();
    setTimeout(() => { tracer.startSpan('last').end(); console.log('ending'); }, 1_000);`,
  );
});
afterAll(() => bench[Symbol.dispose]());

test.each<[string, () => Promise<Receiver>]>([
  ['http/json', otlpJsonReceiver],
  ['grpc', grpcReceiver],
  ['jaeger', jaegerReceiver],
  ['zipkin', zipkinReceiver],
])('the report of a program that sends by %s says where to and how many', async (_, start) => {
  await using receiver = await start();
  const env = { ...receiver.env, SIGHTLINE_REPORT: 'json' };
  const { stderr } = await bench.run(script, { nodeArguments: ['--require', bench.preload], env });
  const report = JSON.parse(stderr) as AgentReport;
  expect(report.endpoint).toMatch(/^(http|udp):\/\/127\.0\.0\.1:\d+/);
  expect(report).toMatchObject({ manualSpans: 2, requests: 2, lastProblem: '', failures: [], hints: [] });
  expect(report.spans).toMatchObject({ made: 2, sent: 2, unsent: 0, droppedTooLarge: 0 });
  expect(receiver.names).toEqual(['first', 'last']);
});

test.each([
  { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' },
  { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' },
  { OTEL_TRACES_EXPORTER: 'zipkin', OTEL_EXPORTER_ZIPKIN_ENDPOINT: 'http://127.0.0.1:9' },
  { OTEL_TRACES_EXPORTER: 'jaeger', OTEL_EXPORTER_JAEGER_AGENT_PORT: '9' },
  { OTEL_TRACES_EXPORTER: 'none' },
])('a backend that is not there: nobody notices, by %j', async (env) => {
  const { code, stdout, stderr, endingMs } = await bench.run(script, {
    nodeArguments: ['--require', bench.preload],
    env: { ...env },
  });
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'ending\n', stderr: '' });
  expect(endingMs).toBeLessThan(1_500);
});

test('a gRPC backend that hangs holds up the end for a second, and no process is kept alive', async () => {
  await using receiver = await grpcReceiver(() => {});
  const env = { ...receiver.env, SIGHTLINE_REPORT: 'json' };
  const run = await bench.run(script, { nodeArguments: ['--require', bench.preload], env });
  expect(run.code).toBe(0);
  expect(run.endingMs).toBeLessThan(4_000);
  expect(JSON.parse(run.stderr)).toMatchObject({ spans: { made: 2, sent: 0, unsent: 2 } });
});

test('with none, spans are not even made, and callers’ contexts are passed on', async () => {
  await using called = await FakeBackend.start((response) => response.end());
  const program = bench.write(
    'calling.cjs',
    `const { context, propagation, trace, ROOT_CONTEXT } = require('@opentelemetry/api');
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const parent = propagation.extract(ROOT_CONTEXT, { traceparent });
    const span = trace.getTracer('t').startSpan('made', {}, parent);
    console.log(span.isRecording(), span.spanContext().traceId, span.spanContext().traceFlags & 1);
    context.with(trace.setSpan(parent, span), () => fetch('${called.url}', { method: 'POST' }));`,
  );
  const options = { nodeArguments: ['--require', bench.preload], env: { OTEL_TRACES_EXPORTER: 'none' } };
  const { stdout } = await bench.run(program, options);
  expect(stdout).toBe('false 0af7651916cd43dd8448eb211c80319c 1\n');
  expect(called.requests[0]?.headers.traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-\w{16}-01$/);
});

/** Runs with what the program prints going to who reads as the test does. */
function startConsole(program: string): ReturnType<typeof spawn> {
  const env = { ...process.env, OTEL_TRACES_EXPORTER: 'console', OTEL_BSP_SCHEDULE_DELAY: '10' };
  return spawn(process.execPath, ['--require', bench.preload, program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
}

test('nobody reads what is printed: the program goes on', async () => {
  const child = startConsole(
    bench.write(
      'unread.cjs',
      `const { trace } = require('@opentelemetry/api');
      const timer = setInterval(() => trace.getTracer('t').startSpan('tick').end(), 20);
      setTimeout(() => process.exit(5), 1_200);`,
    ),
  );
  child.stdout?.destroy();
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(5);
});

test('a slow reader: lines of the program stay whole, and so do those of spans', async () => {
  const count = 300;
  const child = startConsole(
    bench.write(
      'printing.cjs',
      `const { trace } = require('@opentelemetry/api');
      const tracer = trace.getTracer('t');
      let i = 0;
      (function work() {
        for (let j = 0; j < 60; j++) { console.log('program', i++, 'x'.repeat(10_000)); tracer.startSpan('span').end(); }
        if (i < ${count}) setTimeout(work, 200);
      })();`,
    ),
  );
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += chunk;
    await delay(5); // for 64 KiB: the program prints more at one go than the system takes
  }
  const lines = text.split('\n');
  expect(lines.filter((line) => /^program \d+ x{10000}$/.test(line))).toHaveLength(count);
  expect(lines.filter((line) => /^\d\d:\d\d:\d\d\.\d{3} INTERNAL span {2}/.test(line))).toHaveLength(count);
  expect(lines.filter((line) => /program|INTERNAL/.test(line))).toHaveLength(2 * count);
});
