/** What programs say at their end with `SIGHTLINE_REPORT`, as a person or `sightline doctor` gets it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AgentReport } from '@sightline/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FakeBackend } from '../../testing/fake-backend.ts';
import { type NodeMajor, nodeBinary } from '../../testing/nodes.ts';
import { repository } from '../../testing/traced-program.ts';
import { Workbench } from '../../testing/workbench.ts';

const expressPath = createRequire(join(repository, 'e2e/apps/v4-express/x.js')).resolve('express');
const { version: expressVersion } = createRequire(expressPath)('./package.json') as { version: string };

let bench: Workbench;
beforeAll(() => {
  bench = new Workbench();
  bench.write(
    'shop.cjs',
    `const http = require('node:http');
    const { trace } = require('@opentelemetry/api');
    const app = require(${JSON.stringify(expressPath)})();
    app.get('/users/:id', (request, response) => response.send('a user'));
    const server = app.listen(0, '127.0.0.1', async () => {
      const agent = new http.Agent({ keepAlive: false });
      for (let i = 0; i < 5; i++) await new Promise((resolve) => {
        const options = { port: server.address().port, host: '127.0.0.1', path: '/users/7', agent };
        http.get(options, (response) => response.resume().on('end', resolve));
      });
      trace.getTracer('mine').startSpan('manual').end();
      const way = process.argv[2];
      if (way === 'exit') process.exit(3);
      if (way === 'SIGTERM') setTimeout(() => process.kill(process.pid, 'SIGTERM'), 700); // all has been sent by then
      else server.close();
    });`,
  );
  bench.write(
    'family.cjs',
    `const { execFileSync } = require('node:child_process');
    const { Worker, isMainThread } = require('node:worker_threads');
    const { trace } = require('@opentelemetry/api');
    trace.getTracer('t').startSpan('one').end();
    if (isMainThread && process.argv[2] !== 'child') {
      execFileSync(process.execPath, [...process.execArgv, __filename, 'child']);
      new Worker(__filename);
    }`,
  );
  bench.write('idle.mjs', 'export {};');
});
afterAll(() => bench[Symbol.dispose]());

const report = { SIGHTLINE_REPORT: 'json' };

describe.each<NodeMajor>([20, 24])('on Node %i', (major) => {
  const node = nodeBinary(major);

  test.each([
    ['ends by itself', '', { code: 0, signal: null }],
    ['calls process.exit', 'exit', { code: 3, signal: null }],
    ['dies of SIGTERM with nothing left to send', 'SIGTERM', { code: null, signal: 'SIGTERM' }],
  ])('a program that %s reports, behind its last flush', async (_, way, ending) => {
    await using backend = await FakeBackend.start();
    const options = { node, env: report, programArguments: [way] };
    const run = await bench.runTraced(join(bench.folder, 'shop.cjs'), backend.url, options);
    expect(run).toMatchObject(ending);
    const told = JSON.parse(run.stderr) as AgentReport;
    expect(told).toMatchObject({
      service: 'shop',
      entryFormat: 'commonjs',
      endpoint: `${backend.url}/v1/traces`,
      manualSpans: 1,
      spans: {
        made: 11,
        sent: 11,
        unsent: 0,
        droppedQueueFull: 0,
        droppedRefused: 0,
        droppedRejected: 0,
        droppedTooLarge: 0,
        unsampled: 0,
      },
      requests: backend.requests.length,
      lastProblem: '',
      failures: [],
      conflicts: [],
      hints: [],
    });
    const used = told.libraries.filter(({ events }) => events > 0);
    expect(used.map(({ name, spans }) => [name, spans])).toEqual([
      ['http-server', 5],
      ['http-client', 5],
      ['express', 0],
    ]);
    expect(told.libraries.find(({ name }) => name === 'express')).toMatchObject({
      packages: [{ name: 'express', version: expressVersion, supported: true, loaded: true }],
      files: 2,
    });
    expect(told.bytes).toBeGreaterThan(1_000);
    expect(told.agentCpuMs).toBeGreaterThan(told.startMs);
    expect(told.agentCpuMs).toBeLessThan(told.processCpuMs);
  });

  test('child processes and workers add a line each to one file', async () => {
    await using backend = await FakeBackend.start();
    const file = join(bench.folder, `reports-${major}`);
    const env = { SIGHTLINE_REPORT: `json:${file}` };
    const run = await bench.runTraced(join(bench.folder, 'family.cjs'), backend.url, { node, env });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const reports = lines.map((line) => JSON.parse(line) as AgentReport);
    expect(reports.map(({ spans }) => spans.sent)).toEqual([1, 1, 1]);
    expect(new Set(reports.map(({ pid }) => pid)).size).toBe(2);
    expect(reports.filter(({ threadId }) => threadId !== undefined)).toHaveLength(1);
  });
});

test('a person gets a table, and what to do', async () => {
  const backend = await FakeBackend.start();
  const { url } = backend;
  await backend[Symbol.asyncDispose]();
  const run = await bench.runTraced(join(bench.folder, 'shop.cjs'), url, { env: { SIGHTLINE_REPORT: '1' } });
  expect(run.stderr.replaceAll(/\d+(?=\n)/g, (digits) => digits)).toMatch(
    /^sightline report: shop \(process \d+, Node 20\./,
  );
  expect(run.stderr).toMatch(/^ {2}express {6}4\.\S+ +0 +\d+$/m);
  expect(run.stderr).toMatch(/^ {2}spans {4}11 made, 0 sent, 11 lost at exit$/m);
  expect(run.stderr).toMatch(/^ {2}! The backend at \S+ took nothing \(.*ECONNREFUSED.*\)\. Is it up\?/m);
});

test('an ES module without any library is told to be one', async () => {
  await using backend = await FakeBackend.start();
  const run = await bench.runTraced(join(bench.folder, 'idle.mjs'), backend.url, { env: report });
  const told = JSON.parse(run.stderr) as AgentReport;
  expect(told).toMatchObject({ entryFormat: 'module', spans: { made: 0 } });
  expect(told.hints).toEqual([expect.stringContaining('used no library that is traced')]);
});

test.each([
  [503, { 'retry-after': '0' }, 'unsent', 'HTTP status 503'],
  [401, {}, 'droppedRefused', 'HTTP status 401'],
])('a backend that answers %i is told, with the spans that it cost', async (status, headers, reason, problem) => {
  await using backend = await FakeBackend.start((response) => response.writeHead(status, headers).end());
  const options = { env: report, programArguments: ['exit'] };
  const run = await bench.runTraced(join(bench.folder, 'shop.cjs'), backend.url, options);
  const told = JSON.parse(run.stderr) as AgentReport;
  expect(told.lastProblem).toContain(problem);
  expect(told.hints.join()).toContain(problem);
  // At exit there is no later: what is to be tried again later is given up.
  expect(told.spans[reason as 'unsent'] + told.spans.droppedRefused).toBeGreaterThanOrEqual(11);
});
