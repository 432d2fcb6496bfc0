/** `SIGHTLINE_MAX_CPU` in a program that serves requests: what a user sees of it, in the traces and in the report. */
import { type ChildProcess, spawn } from 'node:child_process';
import { Agent, get } from 'node:http';
import type { AgentReport } from '@sightline/wire';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeBackend, until } from '../../testing/fake-backend.ts';
import { type NodeMajor, nodeBinary } from '../../testing/nodes.ts';
import { Workbench } from '../../testing/workbench.ts';

let bench: Workbench;
beforeAll(() => {
  bench = new Workbench();
  // Much to trace in each request, so that what is left out weighs more than leaving it out.
  bench.write(
    'busy.cjs',
    `const http = require('node:http');
    const { trace } = require('@opentelemetry/api');
    const tracer = trace.getTracer('busy');
    const server = http.createServer((request, response) => {
      if (request.url === '/fail') response.statusCode = 500;
      if (request.url === '/work') for (let i = 0; i < 60; i++) tracer.startSpan('step', { attributes: { i, text: 'some text' } }).end();
      if (request.url === '/slow') setTimeout(() => response.end(), 1_100);
      else response.end();
    });
    server.listen(0, '127.0.0.1', () => console.log(server.address().port));`,
  );
});
afterAll(() => bench[Symbol.dispose]());

class Program {
  readonly child: ChildProcess;
  requests = 0;
  stderr = '';
  readonly #agent = new Agent({ keepAlive: true });
  #port = 0;

  constructor(node: string, endpoint: string, env: Record<string, string>) {
    this.child = spawn(node, ['--require', bench.preload, `${bench.folder}/busy.cjs`], {
      env: { PATH: process.env.PATH, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_LOG_LEVEL: 'info', ...env },
    });
    this.child.stdout?.once('data', (line) => {
      this.#port = Number(line);
    });
    this.child.stderr?.on('data', (text) => {
      this.stderr += text;
    });
  }

  async listening(): Promise<void> {
    await until(
      () => this.#port > 0,
      () => `the server: ${this.stderr}`,
    );
  }

  request(path: string): Promise<void> {
    this.requests++;
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: this.#port, path, agent: this.#agent };
      get(options, (response) => response.resume().on('end', resolve)).on('error', reject);
    });
  }

  /** One request after the other until the program says so. */
  async loadUntil(pattern: RegExp, path: string, pauseMs: number): Promise<void> {
    const deadline = Date.now() + 45_000;
    while (!pattern.test(this.stderr)) {
      if (Date.now() > deadline) throw new Error(`it has not said ${pattern}, but: ${this.stderr}`);
      await this.request(path);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  async end(): Promise<AgentReport> {
    this.#agent.destroy();
    const ended = new Promise((resolve) => this.child.once('close', resolve));
    this.child.kill('SIGTERM');
    await ended;
    return JSON.parse(this.stderr.trimEnd().split('\n').at(-1) ?? '') as AgentReport;
  }
}

test.concurrent.each<NodeMajor>([20, 24])(
  'on Node %i: above the budget details go, then traces, but neither errors nor slow requests; below it all comes back',
  { timeout: 90_000 },
  async (major) => {
    await using backend = await FakeBackend.start();
    const env = { SIGHTLINE_MAX_CPU: '2', SIGHTLINE_REPORT: 'json' };
    const program = new Program(nodeBinary(major), backend.url, env);
    await program.listening();
    await program.loadUntil(/traces kept 0\./, '/work', 1);

    const slow = program.request('/slow');
    for (let i = 0; i < 20; i++) await program.request('/fail');
    await slow;
    await program.loadUntil(/detail full, traces kept 1\.000/, '/', 100);
    await program.request('/last');
    const { spans, budget } = await program.end();

    const servers = backend.spans.filter(({ kind }) => kind === 2);
    const path = (wanted: string) => servers.filter(({ attributes }) => attributes['url.path'] === wanted);
    expect(path('/fail')).toHaveLength(20);
    expect(path('/slow')).toHaveLength(1);
    const reasons = servers.map(({ attributes }) => attributes['sightline.kept']);
    expect(reasons.filter((reason) => reason === 'error').length).toBeGreaterThan(0);
    expect(spans.keptExceptional).toBe(reasons.filter((reason) => reason !== undefined).length);
    // Each request is a trace, or counted.
    expect(servers.length + spans.unsampled).toBe(program.requests);
    expect(spans.unsampled).toBeGreaterThan(0);

    const details = servers.map(({ resource }) => resource['sightline.agent.detail']);
    expect([details[0], details.includes('reduced'), details.at(-1)]).toEqual(['full', true, 'full']);
    const ratios = servers.map(({ resource }) => Number(resource['sightline.agent.sampling.ratio']));
    expect(Math.min(...ratios)).toBeLessThan(1);
    expect(path('/last')[0]?.resource).toMatchObject({
      'sightline.agent.max_cpu': 2n,
      'sightline.agent.sampling.ratio': 1n,
      'sightline.agent.unsampled': BigInt(spans.unsampled),
    });
    expect(new Set(servers.map(({ resource }) => resource['service.instance.id'])).size).toBe(1);
    expect(budget).toMatchObject({ maxCpuPercent: 2, detail: 'full', ratio: 1 });
  },
);

test('a failed request that was left out is told in full, with its real length and the ids that were handed on', async () => {
  await using backend = await FakeBackend.start();
  const env = { SIGHTLINE_MAX_CPU: '0.01', SIGHTLINE_REPORT: 'json' };
  const program = new Program(process.execPath, backend.url, env);
  await program.listening();
  await program.loadUntil(/traces kept 0\./, '/work', 1);
  while (
    !backend.spans.some(
      ({ attributes }) => attributes['sightline.kept'] === 'slow' && attributes['url.path'] === '/slow',
    )
  ) {
    await program.request('/slow');
    await new Promise((resolve) => setTimeout(resolve, 600));
  }
  await program.end();
  const kept = backend.spans.find(({ attributes }) => attributes['url.path'] === '/slow');
  const { startTimeUnixNano, endTimeUnixNano } = kept?.otlp ?? { startTimeUnixNano: '0', endTimeUnixNano: '0' };
  expect(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)).toBeGreaterThan(1_090_000_000n);
  expect(kept).toMatchObject({
    name: 'GET',
    scope: '@sightline/agent/http',
    parentSpanId: '',
    attributes: { 'http.request.method': 'GET', 'http.response.status_code': 200n, 'client.address': '127.0.0.1' },
  });
});
