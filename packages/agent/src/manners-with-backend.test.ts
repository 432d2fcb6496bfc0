/** What a program notices of its backend being away, slow or busy: nothing. */
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { certificate } from '../../../scripts/certificate.ts';
import { FakeBackend, until } from '../testing/fake-backend.ts';
import { Workbench } from '../testing/workbench.ts';

let bench: Workbench;
beforeAll(() => {
  bench = new Workbench();
  // Makes a span a tick until somebody writes to its stdin, which ends it.
  bench.write(
    'ticking.cjs',
    `const { trace } = require('@opentelemetry/api');
    let count = 0;
    const timer = setInterval(() => trace.getTracer('t').startSpan('tick ' + ++count).end(), 5);
    process.stdin.once('data', () => { clearInterval(timer); process.stdin.destroy(); console.log('ending', count); });
    console.log('ready');`,
  );
  // Ends in the tick of its only span.
  bench.write(
    'hasty.cjs',
    `const { trace } = require('@opentelemetry/api');
    trace.getTracer('t').startSpan('hasty').end();
    console.log('ending');
    process.exit(4);`,
  );
});
afterAll(() => bench[Symbol.dispose]());

const ticking = (): string => `${bench.folder}/ticking.cjs`;
const hasty = (): string => `${bench.folder}/hasty.cjs`;

async function closedPort(): Promise<number> {
  await using backend = await FakeBackend.start();
  return backend.port;
}

test.concurrent('a backend that is away goes unnoticed, and what was kept arrives once it is back', async () => {
  const port = await closedPort();
  let backend: FakeBackend | undefined;
  const run = await bench.runTraced(ticking(), `http://127.0.0.1:${port}`, {
    onLine: async (line, child) => {
      if (line !== 'ready\n') return;
      await new Promise((resolve) => setTimeout(resolve, 1_200)); // long enough to have failed more than once
      backend = await FakeBackend.start((response) => response.end(), port);
      await backend.waitFor(100);
      child.stdin?.write('end');
    },
  });
  await backend?.[Symbol.asyncDispose]();
  const count = Number(/ending (\d+)/.exec(run.stdout)?.[1]);
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(backend?.spans.map(({ name }) => name)).toEqual(Array.from({ length: count }, (_, i) => `tick ${i + 1}`));
});

test.concurrent('what had to be dropped is told at the end, to whoever asked with OTEL_LOG_LEVEL', async () => {
  const env = { OTEL_LOG_LEVEL: 'warn', OTEL_BSP_MAX_QUEUE_SIZE: '10', OTEL_BSP_SCHEDULE_DELAY: '20' };
  const run = await bench.runTraced(ticking(), `http://127.0.0.1:${await closedPort()}`, {
    env,
    onLine: (line, child) => {
      if (line === 'ready\n') setTimeout(() => child.stdin?.write('end'), 800);
    },
  });
  expect(run.stderr).toMatch(/^sightline: warn: \d+ spans of this process were dropped$/m);
});

test.concurrent('a program ends at once where the backend is known to be away', async () => {
  const run = await bench.runTraced(ticking(), `http://127.0.0.1:${await closedPort()}`, {
    onLine: (line, child) => {
      if (line === 'ready\n') setTimeout(() => child.stdin?.write('end'), 800);
    },
  });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(run.endingMs).toBeLessThan(900);
});

test.concurrent('a backend that takes requests and never answers holds up the end for a second at most', async () => {
  const waiting: ServerResponse[] = [];
  await using backend = await FakeBackend.start((response) => waiting.push(response));
  const run = await bench.runTraced(ticking(), backend.url, {
    onLine: (line, child) => {
      if (line === 'ready\n') {
        void until(
          () => waiting.length > 0,
          () => 'a request',
        ).then(() => child.stdin?.write('end'));
      }
    },
  });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(run.endingMs).toBeGreaterThan(900);
  expect(run.endingMs).toBeLessThan(3_000);
});

test.concurrent('a busy backend is asked again when it wants to be, and gets each span once', async () => {
  let refusals = 2;
  await using backend = await FakeBackend.start((response) => {
    if (refusals-- > 0) response.writeHead(503, { 'retry-after': '0' });
    response.end();
  });
  const run = await bench.runTraced(ticking(), backend.url, {
    onLine: async (line, child) => {
      if (line !== 'ready\n') return;
      await backend.waitFor(50);
      child.stdin?.write('end');
    },
  });
  const count = Number(/ending (\d+)/.exec(run.stdout)?.[1]);
  expect(backend.spans.map(({ name }) => name)).toEqual(Array.from({ length: count }, (_, i) => `tick ${i + 1}`));
});

test.concurrent('a program that exits in the tick of its first span has it sent all the same', async () => {
  await using backend = await FakeBackend.start();
  const run = await bench.runTraced(hasty(), backend.url);
  expect(run).toMatchObject({ code: 4, stdout: 'ending\n', stderr: '' });
  expect(backend.names).toEqual(['hasty']);
});

test.concurrent('gzip, headers and the path are as configured, also at exit', async () => {
  await using backend = await FakeBackend.start();
  const env = {
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${backend.url}/custom?tenant=a`,
  };
  await bench.runTraced(hasty(), 'http://127.0.0.1:9', { env });
  expect(backend.names).toEqual(['hasty']);
  expect(backend.requests[0]?.url).toBe('/custom?tenant=a');
  expect(backend.requests[0]?.headers).toMatchObject({ 'content-encoding': 'gzip', authorization: 'Bearer abc' });
});

test.concurrent('over TLS, spans arrive while the program runs and at its end', async () => {
  await using backend = await FakeBackend.startTls();
  const env = { OTEL_EXPORTER_OTLP_CERTIFICATE: bench.write('certificate.pem', certificate.cert) };
  const run = await bench.runTraced(ticking(), backend.url, {
    env,
    onLine: async (line, child) => {
      if (line !== 'ready\n') return;
      await backend.waitFor(50);
      child.stdin?.write('end');
    },
  });
  const count = Number(/ending (\d+)/.exec(run.stdout)?.[1]);
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(backend.spans).toHaveLength(count);
});

test.concurrent('a backend with a certificate that nobody vouches for gets nothing, and nobody notices', async () => {
  await using backend = await FakeBackend.startTls();
  expect(await bench.runTraced(hasty(), backend.url)).toMatchObject({ code: 4, stdout: 'ending\n', stderr: '' });
  expect(backend.requests).toEqual([]);
});

test.concurrent('megabytes that are left at exit arrive whole', async () => {
  await using backend = await FakeBackend.start();
  const script = bench.write(
    'many.cjs',
    `const { trace } = require('@opentelemetry/api');
    const tracer = trace.getTracer('t');
    tracer.startSpan('first').end();
    setTimeout(() => {
      for (let i = 0; i < 3000; i++) tracer.startSpan('many', { attributes: { text: 'x'.repeat(2000) } }).end();
      process.exit(0);
    }, 50);`,
  );
  const run = await bench.runTraced(script, backend.url);
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(backend.spans).toHaveLength(3_001);
});
