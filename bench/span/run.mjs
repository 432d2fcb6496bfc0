// What a span costs: start, six attributes, end, in nanoseconds (Node: the one that runs this).
// It bundles the tracer from its sources: what the agent has inside is not reachable from its built files.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const folder = mkdtempSync(join(tmpdir(), 'sightline-bench-'));
try {
  await run(await loadTracer());
} finally {
  rmSync(folder, { recursive: true });
}

async function loadTracer() {
  const outfile = join(folder, 'tracer.mjs');
  const source = (file) =>
    JSON.stringify(fileURLToPath(new URL(`../../packages/agent/src/tracer/${file}`, import.meta.url)));
  await build({
    stdin: {
      contents: ['api-tracer', 'context', 'propagation', 'sampler', 'settings', 'tracer']
        .map((file) => `export * from ${source(`${file}.ts`)};`)
        .join('\n'),
      resolveDir: folder,
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
  });
  return import(pathToFileURL(outfile).href);
}

async function run({
  tracerProvider,
  Tracer,
  configureTracer,
  contextStore,
  contextWithSpan,
  createSampler,
  defaultLimits,
  extract,
  inject,
  rootContext,
}) {
  const tracer = new Tracer({ name: 'bench', version: '' });
  const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
  let ended = 0;
  const use = (sampler) =>
    configureTracer({ sampler: createSampler(sampler).sampler, limits: defaultLimits, onEnd: () => ended++ });
  const child = (parent) => {
    const span = tracer.startSpan('GET /users/:id', 2, parent);
    span.setAttribute('http.request.method', 'GET');
    span.setAttribute('url.path', '/users/7');
    span.setAttribute('url.scheme', 'http');
    span.setAttribute('server.port', 8080);
    span.setAttribute('http.route', '/users/:id');
    span.setAttribute('http.response.status_code', 200);
    span.end();
  };

  use('always_on');
  const parent = contextWithSpan(rootContext, tracer.startSpan('parent', 2, rootContext));
  measure('root span, 6 attributes', () => child(rootContext));
  measure('child span, 6 attributes', () => child(parent));
  measure('child span, no attribute', () => tracer.startSpan('child', 1, parent).end());
  measure('the same, made active', () => {
    const span = tracer.startSpan('child', 1, parent);
    contextStore.run(contextWithSpan(parent, span), noop);
    span.end();
  });
  measure('extract', () => extract(headers));
  measure('inject, a new span', () => inject(contextWithSpan(parent, tracer.startSpan('child', 3, parent)), noop));
  const apiTracer = tracerProvider.getTracer('bench');
  const options = { attributes: { a: 1, b: 'two', c: true } };
  measure('through the API, 3 attributes', () => apiTracer.startSpan('manual', options, parent).end());
  measure('the same with startActiveSpan', () => apiTracer.startActiveSpan('manual', options, parent, end));
  use('always_off');
  measure('unsampled, 6 attributes', () => child(rootContext));
}

function noop() {}

function end(span) {
  span.end();
}

function measure(name, fn) {
  const rounds = 200_000;
  for (let i = 0; i < rounds; i++) fn();
  const times = [];
  for (let k = 0; k < 7; k++) {
    const from = performance.now();
    for (let i = 0; i < rounds; i++) fn();
    times.push(((performance.now() - from) * 1e6) / rounds);
  }
  times.sort((a, b) => a - b);
  console.log(`${name.padEnd(30)} ${times[3].toFixed(0).padStart(6)} ns   (best ${times[0].toFixed(0)})`);
}
