/** Programs with real copies of `@opentelemetry/api`, each in a process of its own beside the bundled tracer. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { registerApi } from './api-bridge.ts';
import type { collectSpans } from './collect-spans.ts';

type Api = typeof import('@opentelemetry/api');
interface Agent {
  registerApi: typeof registerApi;
  collectSpans: typeof collectSpans;
}

type Program = (agent: Agent, ...apis: Api[]) => unknown;

const here = fileURLToPath(new URL('.', import.meta.url));
const resolve = createRequire(import.meta.url).resolve;
const folder = mkdtempSync(join(tmpdir(), 'sightline-api-'));
const agentFile = join(folder, 'agent.cjs');
const futureApi = join(folder, 'future-api', 'dist', 'index.cjs');

beforeAll(async () => {
  const contents = "export * from './api-bridge.ts'; export * from './collect-spans.ts';";
  await build({
    stdin: { contents, resolveDir: here, loader: 'ts' },
    outfile: agentFile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
  });
  makeFutureApi();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The newest API under the number of one that is to come. */
function makeFutureApi(): void {
  const target = dirname(dirname(futureApi));
  cpSync(dirname(dirname(resolve('@opentelemetry/api'))), target, { recursive: true });
  for (const file of readdirSync(target, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.cjs') && !file.endsWith('package.json')) continue;
    const path = join(target, file);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('1.10.0', '1.57.3'));
  }
}

/** Runs a function in a process of its own; it may use nothing but its arguments. Nothing may be printed. */
async function inProcess(program: Program, ...apiFiles: string[]): Promise<unknown> {
  return execute(sourceOf(program, apiFiles));
}

function sourceOf(program: Program, apiFiles: string[]): string {
  const loads = [agentFile, ...apiFiles].map((file) => `require(${JSON.stringify(file)})`);
  return `process.stdout.write(JSON.stringify((${program})(${loads.join(', ')})))`;
}

async function execute(source: string, env: NodeJS.ProcessEnv = process.env): Promise<unknown> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['-e', source], { cwd: folder, env });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

const apiFiles: [string, () => string][] = [
  ['1.0.4', () => resolve('api-1-0')],
  ['1.4.1', () => resolve('api-1-4')],
  ['1.9.0', () => resolve('api-1-9')],
  ['1.10.0', () => resolve('@opentelemetry/api')],
  ['1.57.3', () => futureApi],
];

test.each(apiFiles)('manual spans of a program with API %s nest, in all ways to start them', async (_, file) => {
  const told = await inProcess((agent, api) => {
    agent.registerApi();
    const spans = agent.collectSpans();
    const tracer = api.trace.getTracer('program', '2');
    const outer = tracer.startActiveSpan('outer', (span) => {
      tracer.startSpan('child', { kind: api.SpanKind.CLIENT, attributes: { a: 1 } }).end();
      tracer.startSpan('root', { root: true }).end();
      tracer.startSpan('elsewhere', {}, api.ROOT_CONTEXT).end();
      tracer.startActiveSpan('inner', { kind: api.SpanKind.PRODUCER }, (inner) => {
        inner.setStatus({ code: api.SpanStatusCode.ERROR, message: 'boom' });
        inner.end();
      });
      tracer.startActiveSpan('detached', {}, api.ROOT_CONTEXT, (detached) => detached.end());
      span.end();
      return api.trace.getSpan(api.context.active())?.isRecording();
    });
    return {
      outer,
      spans: spans.map((span) => ({
        name: span.name,
        kind: span.kind,
        scope: span.scope,
        attributes: span.attributes,
        status: [span.statusCode, span.statusMessage],
        parent: spans.find((other) => other.identity.spanIdHex() === span.parentSpanIdHex())?.name,
        sameTrace: span.identity.traceId === spans.at(-1)?.identity.traceId,
      })),
    };
  }, file());
  const common = { kind: 1, scope: { name: 'program', version: '2' }, attributes: [], status: [0, ''] };
  expect(told).toEqual({
    outer: false,
    spans: [
      { ...common, name: 'child', kind: 3, attributes: ['a', 1], parent: 'outer', sameTrace: true },
      { ...common, name: 'root', sameTrace: false },
      { ...common, name: 'elsewhere', sameTrace: false },
      { ...common, name: 'inner', kind: 4, status: [2, 'boom'], parent: 'outer', sameTrace: true },
      { ...common, name: 'detached', sameTrace: false },
      { ...common, name: 'outer', sameTrace: true },
    ],
  });
});

test.each(apiFiles)('context, baggage and propagation of API %s work', async (_, file) => {
  const told = await inProcess((agent, api) => {
    agent.registerApi();
    agent.collectSpans();
    const carrier = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', baggage: 'user=alice' };
    const extracted = api.propagation.extract(api.ROOT_CONTEXT, carrier);
    const key = api.createContextKey('own key');
    const given = api.ROOT_CONTEXT.setValue(key, 'own value');
    const sent = {};
    api.context.with(extracted, () => api.propagation.inject(api.context.active(), sent));
    const suppress = api.createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');
    return {
      sent,
      user: api.propagation.getBaggage(extracted)?.getEntry('user')?.value,
      same: api.context.with(given, () => api.context.active() === given),
      own: api.context.with(given, () => api.context.active().getValue(key)),
      bound: api.context.bind(given, (a: number, b: number) => [a + b, api.context.active().getValue(key)])(1, 2),
      withThis: api.context.with(
        given,
        function (this: string, a: number) {
          return this + a;
        },
        'this',
        1,
      ),
      suppressed: api.trace.getTracer('x').startSpan('x', {}, extracted.setValue(suppress, true)).spanContext().traceId,
      fields: api.propagation.fields(),
    };
  }, file());
  expect(told).toEqual({
    sent: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', baggage: 'user=alice' },
    user: 'alice',
    same: true,
    own: 'own value',
    bound: [3, 'own value'],
    withThis: 'this1',
    suppressed: '0'.repeat(32),
    fields: ['traceparent', 'tracestate', 'baggage'],
  });
});

/** Calls everything that a program may register besides a tracer, and says what came of it. */
function registerOthers(agent: Agent, api: Api): unknown {
  const registered = agent.registerApi();
  const spans = agent.collectSpans();
  const logged: string[] = [];
  const log = (message: string) => logged.push(message);
  const logger = { error: log, warn: log, info: log, debug: log, verbose: log };
  const diag = api.diag.setLogger(logger, api.DiagLogLevel.INFO);
  api.diag.info('hello');
  const meters = { getMeter: () => ({}) } as never;
  const metrics = api.metrics?.setGlobalMeterProvider(meters);
  const gotMetrics = api.metrics && api.metrics.getMeterProvider() === meters;
  api.trace.getTracer('program').startSpan('manual').end();
  return { registered, diag, logged, metrics, gotMetrics, spans: spans.map((span) => span.name) };
}

const allRegistered = {
  registered: true,
  diag: true,
  logged: ['hello'],
  metrics: true,
  gotMetrics: true,
  spans: ['manual'],
};

test.each(apiFiles)(
  'a program with API %s can register a logger and a meter provider beside us',
  async (version, file) => {
    const { metrics: _, gotMetrics: __, ...withoutMetrics } = allRegistered;
    expect(await inProcess(registerOthers, file())).toEqual(version === '1.0.4' ? withoutMetrics : allRegistered);
  },
);

test.each([
  ['1.9.0', 'cjs', false, () => resolve('api-1-9')],
  ['1.9.0', 'esm', true, () => join(dirname(resolve('api-1-9')), '../esm/index.js')],
  ['1.10.0', 'cjs', true, () => resolve('@opentelemetry/api')],
  ['1.10.0', 'esm', false, () => resolve('@opentelemetry/api').replace('.cjs', '.mjs')],
  ['1.10.0', 'esm', true, () => resolve('@opentelemetry/api').replace('.cjs', '.mjs')],
] as const)('so can a program with API %s bundled as %s, minified: %j', async (version, format, minify, file) => {
  const outfile = join(folder, `bundle-${version}-${minify}.${format === 'esm' ? 'mjs' : 'cjs'}`);
  await build({ entryPoints: [file()], outfile, bundle: true, minify, format, platform: 'node' });
  const load = (path: string) => `import(${JSON.stringify(pathToFileURL(path).href)})`;
  const print = 'process.stdout.write(JSON.stringify(told))';
  const source = `Promise.all([${load(agentFile)}, ${load(outfile)}]).then(([agent, api]) => { const told = (${registerOthers})(agent.default ?? agent, api); ${print} })`;
  expect(await execute(source)).toEqual(allRegistered);
});

test('copies of several versions in one program share spans and context', async () => {
  const told = await inProcess(
    (agent, oldest, older, newest) => {
      agent.registerApi();
      const spans = agent.collectSpans();
      oldest?.trace.getTracer('a').startActiveSpan('from 1.0', (outer) => {
        older?.trace.getTracer('b').startActiveSpan('from 1.9', (middle) => {
          newest?.trace.getTracer('c').startSpan('from 1.10').end();
          middle.end();
        });
        outer.end();
      });
      return spans.map((span) => [
        span.name,
        spans.find((other) => other.identity.spanIdHex() === span.parentSpanIdHex())?.name,
      ]);
    },
    resolve('api-1-0'),
    resolve('api-1-9'),
    resolve('@opentelemetry/api'),
  );
  expect(told).toEqual([
    ['from 1.10', 'from 1.9'],
    ['from 1.9', 'from 1.0'],
    ['from 1.0', null],
  ]);
});

test.each(apiFiles)(
  "with API %s, a program's own SDK is told that we were first, until it disables the API",
  async (_, file) => {
    const told = await inProcess((agent, api) => {
      agent.registerApi();
      const spans = agent.collectSpans();
      const own: string[] = [];
      const getTracer = () => ({ startSpan: (name: string) => own.push(name) }) as never;
      const first = api.trace.setGlobalTracerProvider({ getTracer });
      api.trace.getTracer('program').startSpan('ours').end();
      api.trace.disable();
      const second = api.trace.setGlobalTracerProvider({ getTracer });
      api.trace.getTracer('program').startSpan('theirs');
      return { first, second, spans: spans.map((span) => span.name), own };
    }, file());
    // 1.0 says nothing of a failure: its setGlobalTracerProvider gives the provider back in some versions.
    expect(told).toMatchObject({ second: true, spans: ['ours'], own: ['theirs'] });
    expect((told as { first: unknown }).first).toBe(false);
  },
);

test.each(apiFiles)('with API %s, an SDK that was registered before us stays', async (_, file) => {
  const told = await inProcess((agent, api) => {
    const own: string[] = [];
    api.trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan: (name: string) => own.push(name) }) as never });
    const registered = agent.registerApi();
    const spans = agent.collectSpans();
    api.trace.getTracer('program').startSpan('theirs');
    return { registered, own, spans };
  }, file());
  expect(told).toEqual({ registered: false, own: ['theirs'], spans: [] });
});

test.each(apiFiles)('with API %s, a logger that was registered before us stays, and we register', async (_, file) => {
  const told = await inProcess((agent, api) => {
    const logged: string[] = [];
    const log = (message: string) => logged.push(message);
    api.diag.setLogger({ error: log, warn: log, info: log, debug: log, verbose: log }, api.DiagLogLevel.INFO);
    const registered = agent.registerApi();
    const spans = agent.collectSpans();
    api.diag.info('hello');
    api.trace.getTracer('program').startSpan('manual').end();
    return { registered, logged, spans: spans.map((span) => span.name) };
  }, file());
  expect(told).toEqual({ registered: true, logged: ['hello'], spans: ['manual'] });
});

test('a program may reach for the provider behind the proxy, and put its own registry in place', async () => {
  const told = await inProcess((agent, api) => {
    agent.registerApi();
    const spans = agent.collectSpans();
    const proxy = api.trace.getTracerProvider() as InstanceType<Api['ProxyTracerProvider']>;
    proxy.getDelegate().getTracer('a').startSpan('a').end();
    proxy.getDelegateTracer('b')?.startSpan('b').end();
    const [first, again] = [1, 2].map(() => proxy.getTracer('c', '1'));
    const key = Symbol.for('opentelemetry.js.api.1');
    Object.assign(globalThis, { [key]: undefined });
    api.trace.getTracer('program').startSpan('not ours').end();
    return { spans: spans.map((span) => span.name), sameTracer: first === again };
  }, resolve('@opentelemetry/api'));
  expect(told).toEqual({ spans: ['a', 'b'], sameTracer: true });
});

test('whatever a program hands to the API, nothing is thrown and its function is called once', async () => {
  const told = await inProcess((agent, api) => {
    agent.registerApi();
    const spans = agent.collectSpans();
    const tracer = api.trace.getTracer(undefined as never, 7 as never);
    let calls = 0;
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('hostile');
        },
      },
    );
    for (const junk of [undefined, null, 7, 'text', {}, [], hostile] as never[]) {
      tracer.startSpan(junk, junk, junk).end(junk);
      tracer.startActiveSpan('active', junk, junk, () => calls++);
      api.context.with(junk, () => calls++);
      api.propagation.inject(junk, {});
      api.propagation.extract(junk, {});
    }
    const result = tracer.startActiveSpan('result', () => 42);
    let thrown: unknown;
    try {
      tracer.startActiveSpan('throws', () => {
        throw 'its own';
      });
    } catch (error) {
      thrown = error;
    }
    return {
      calls,
      ended: spans.length,
      result,
      thrown,
      noFunction: tracer.startActiveSpan('none' as never, undefined as never) ?? null,
    };
  }, resolve('@opentelemetry/api'));
  expect(told).toEqual({ calls: 14, ended: 6, result: 42, thrown: 'its own', noFunction: null });
});

test('with a fault at every entry, a program with the API still does what it does', async () => {
  const program: Program = (agent, api) => {
    agent.registerApi();
    const spans = agent.collectSpans();
    const tracer = api.trace.getTracer('program');
    const carrier = {};
    const sum = tracer.startActiveSpan('op', (span) => {
      api.propagation.inject(api.context.active(), carrier);
      span.setAttribute('a', 1).end();
      return api.context.with(api.ROOT_CONTEXT, (a: number) => a + 1, undefined, 41);
    });
    return { sum, carrier, spans: spans.length };
  };
  const source = sourceOf(program, [resolve('@opentelemetry/api')]);
  expect(await execute(source, { ...process.env, SIGHTLINE_TEST_FAULT: '*' })).toEqual({
    sum: 42,
    carrier: {},
    spans: 0,
  });
});
