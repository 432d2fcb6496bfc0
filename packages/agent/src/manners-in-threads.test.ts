/** Each thread and each process of a program is traced once, as itself; what is none of ours not at all. */
import { cpSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FakeBackend } from '../testing/fake-backend.ts';
import { nodeBinary, nodeMajors } from '../testing/nodes.ts';
import { runCommand, Workbench } from '../testing/workbench.ts';

let bench: Workbench;
beforeAll(() => {
  bench = new Workbench();
});
afterAll(() => bench[Symbol.dispose]());

const span = (name: string): string => `require('@opentelemetry/api').trace.getTracer('t').startSpan('${name}').end();`;

describe.each(nodeMajors)('on Node %i', (major) => {
  const node = nodeBinary(major);
  test.concurrent('a worker thread is traced once, with its own thread id', async () => {
    await using backend = await FakeBackend.start();
    const script = bench.write(
      `worker-${major}.cjs`,
      `const { Worker, isMainThread } = require('node:worker_threads');
      if (isMainThread) { ${span('main')} new Worker(__filename); } else { ${span('worker')} process.exit(0); }`,
    );
    const run = await bench.runTraced(script, backend.url, { node });
    expect(run).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(backend.names).toEqual(['main', 'worker']);
    const [main, worker] = ['main', 'worker'].map(
      (name) => backend.spans.find((found) => found.name === name)?.resource,
    );
    expect(worker).toMatchObject({ 'process.pid': main?.['process.pid'], 'thread.id': 1n });
    expect(main).not.toHaveProperty('thread.id');
    expect(worker?.['service.instance.id']).not.toBe(main?.['service.instance.id']);
  });

  test.concurrent('an ES module is traced once, the loader thread of older Nodes not', async () => {
    await using backend = await FakeBackend.start();
    const script = bench.write(
      `module-${major}.mjs`,
      `import api from '@opentelemetry/api'; api.trace.getTracer('t').startSpan('module').end();`,
    );
    const run = await bench.runTraced(script, backend.url, { node });
    expect(run).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(backend.names).toEqual(['module']);
  });

  test.concurrent('the thread of module hooks is left alone', async () => {
    bench.write(
      'hooks.mjs',
      `import { writeSync } from 'node:fs';
      export function initialize() { writeSync(1, String(Symbol.for('opentelemetry.js.api.1') in globalThis)); }`,
    );
    const script = bench.write(
      'registers.cjs',
      `require('node:module').register('./hooks.mjs', require('node:url').pathToFileURL(__filename))`,
    );
    const run = await bench.runTraced(script, 'http://127.0.0.1:9', { node, env: { NODE_NO_WARNINGS: '1' } });
    expect(run).toMatchObject({ code: 0, stdout: 'false', stderr: '' });
  });

  test.concurrent('cluster workers and forks are processes of their own', async () => {
    await using backend = await FakeBackend.start();
    const script = bench.write(
      `cluster-${major}.cjs`,
      `const cluster = require('node:cluster'); const { fork } = require('node:child_process');
      if (process.argv[2] === 'fork') { ${span('fork')} }
      else if (cluster.isPrimary) { ${span('primary')} cluster.fork(); fork(__filename, ['fork']); }
      else { ${span('cluster')} process.exit(0); }`,
    );
    await bench.runTraced(script, backend.url, { node });
    expect(backend.names).toEqual(['cluster', 'fork', 'primary']);
    expect(new Set(backend.spans.map(({ resource }) => resource['process.pid'])).size).toBe(3);
  });
});

test('loaded twice, from two places, it starts once', async () => {
  await using backend = await FakeBackend.start();
  const script = bench.write('once.cjs', span('once'));
  cpSync(bench.agent, `${bench.folder}/second-copy`, { recursive: true });
  const env = { NODE_OPTIONS: `--require ${bench.folder}/second-copy/register.cjs --require ${bench.preload}` };
  await bench.runTraced(script, backend.url, { env });
  expect(backend.names).toEqual(['once']);
});

test('npm is not traced, the script that it runs is', async () => {
  await using backend = await FakeBackend.start();
  bench.write(
    'package.json',
    '{ "name": "@shop/checkout", "version": "2.1.0", "scripts": { "start": "node app.cjs" } }',
  );
  bench.write('app.cjs', span('from a script'));
  const env = { NODE_OPTIONS: `--require ${bench.preload}`, OTEL_EXPORTER_OTLP_ENDPOINT: backend.url };
  await runCommand('npm', ['start', '--silent'], { cwd: bench.folder, env });
  expect(backend.names).toEqual(['from a script']);
  expect(backend.spans[0]?.resource).toMatchObject({ 'service.name': '@shop/checkout', 'service.version': '2.1.0' });
});

describe('the preload leaves alone', () => {
  const reports = `console.log(Object.getOwnPropertySymbols(globalThis).some((s) => String(s).includes('opentelemetry')))`;

  test.each([
    'bin/npm',
    'lib/node_modules/npm/bin/npx-cli.js',
    'node_modules/pnpm/bin/pnpm.cjs',
    'node_modules/yarn/bin/yarn.js',
    '.yarn/releases/yarn-4.1.0.cjs',
    'node_modules/corepack/dist/pnpm.js',
    'node_modules/.bin/sightline',
  ])('%s', async (name) => {
    const run = await bench.runTraced(bench.write(name, reports), 'http://127.0.0.1:9');
    expect(run).toMatchObject({ code: 0, stdout: 'false\n', stderr: '' });
  });

  test('a program with OTEL_SDK_DISABLED', async () => {
    const script = bench.write('disabled.cjs', reports);
    const run = await bench.runTraced(script, 'http://127.0.0.1:9', { env: { OTEL_SDK_DISABLED: 'True' } });
    expect(run).toMatchObject({ stdout: 'false\n', stderr: '' });
  });

  test("but not a program's own yarn.js", async () => {
    const run = await bench.runTraced(bench.write('yarn.js', reports), 'http://127.0.0.1:9');
    expect(run).toMatchObject({ stdout: 'true\n', stderr: '' });
  });
});

describe('where it cannot work, it says so in one line and the program runs', () => {
  test.each([
    ['18.20.8', '{ node: "18.20.8" }', /^sightline: Node\.js 18\.20\.8 is too old .*, running untraced\n$/],
    ['20.5', '{ node: "20.5.1" }', /^sightline: Node\.js 20\.5\.1 is too old .*, running untraced\n$/],
    ['Bun', '{ node: "24.3.0", bun: "1.3.0" }', /^sightline: Bun 1\.3\.0 cannot be traced.*, running untraced\n$/],
    ['Deno', '{ node: "24.2.0", deno: "2.5.0" }', /^sightline: Deno 2\.5\.0 cannot be traced.*, running untraced\n$/],
  ])('on %s', async (name, versions, line) => {
    // Stands in for that runtime: what the preload looks at is process.versions.
    const disguise = bench.write(
      `as-${name}.cjs`,
      `Object.defineProperty(process, 'versions', { value: ${versions} });`,
    );
    const script = bench.write('runs.cjs', `console.log('runs')`);
    const run = await bench.run(script, { nodeArguments: ['--require', disguise, '--require', bench.preload] });
    expect(run).toMatchObject({ code: 0, stdout: 'runs\n' });
    expect(run.stderr).toMatch(line);
  });

  test('on Deno without the permission to read the environment', async () => {
    const disguise = bench.write(
      'as-strict-deno.cjs',
      `const env = new Proxy({}, { get() { throw new Error('NotCapable'); } });
      Object.defineProperty(process, 'versions', { value: { node: '24.2.0', deno: '2.9.6' } });
      const { stderr } = process;
      console.error = (text) => stderr.write(text + '\\n');
      Object.defineProperty(process, 'env', { value: env });`,
    );
    const script = bench.write('runs.cjs', `process.stdout.write('runs\\n')`);
    const run = await bench.run(script, { nodeArguments: ['--require', disguise, '--require', bench.preload] });
    expect(run).toMatchObject({ code: 0, stdout: 'runs\n' });
    expect(run.stderr).toMatch(/^sightline: Deno 2\.9\.6 cannot be traced.*, running untraced\n$/);
  });
});
