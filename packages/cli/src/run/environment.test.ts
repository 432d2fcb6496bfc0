import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeUpState } from '../up-state.ts';
import { pythonFolder } from './agent-path.ts';
import { planRun, withAgent, withFolder, withRunId } from './environment.ts';

const home = mkdtempSync(join(tmpdir(), 'sightline-environment-'));

test('the agent comes before what the user has in NODE_OPTIONS, once', () => {
  expect(withAgent(undefined, '/a/register.cjs')).toBe('--require /a/register.cjs');
  expect(withAgent('--enable-source-maps', '/a/register.cjs')).toBe('--require /a/register.cjs --enable-source-maps');
  const once = withAgent('', '/a/register.cjs');
  expect(withAgent(once, '/a/register.cjs')).toBe(once);
});

test.each(['a b', 'quote"d', 'back\\slash', 'tab\there'])('Node finds the agent in a directory named %j', (name) => {
  const directory = join(home, name);
  mkdirSync(directory, { recursive: true });
  const register = join(directory, 'register.cjs');
  writeFileSync(register, 'globalThis.found = true;');
  const env = { ...process.env, NODE_OPTIONS: withAgent('--no-warnings', register) };
  expect(execFileSync(process.execPath, ['-p', 'found'], { env, encoding: 'utf8' })).toBe('true\n');
});

test('the id of the run joins the user’s resource attributes, and replaces that of a run around it', () => {
  expect(withRunId(undefined, 'x1')).toBe('sightline.run.id=x1');
  expect(withRunId('team=a,sightline.run.id=x1', 'x2')).toBe('team=a,sightline.run.id=x2');
});

test('the folder for Python comes before those of the user, once', () => {
  expect(withFolder(undefined, '/s')).toBe('/s');
  expect(withFolder('', '/s')).toBe('/s');
  expect(withFolder('/a:/s:/b', '/s')).toBe('/s:/a:/b');
});

test('nothing else changes, and the agent finds the usual backend by itself', () => {
  const plan = planRun({ SIGHTLINE_DATA: home, HOME: '/h' }, '/r.cjs');
  expect(plan.env).toEqual({
    SIGHTLINE_DATA: home,
    HOME: '/h',
    NODE_OPTIONS: '--require /r.cjs',
    BUN_OPTIONS: '--preload /r.cjs',
    PYTHONPATH: pythonFolder,
    OTEL_RESOURCE_ATTRIBUTES: `sightline.run.id=${plan.runId}`,
  });
  expect(plan).toMatchObject({
    otlpAddress: 'http://127.0.0.1:4318',
    httpAddress: 'http://127.0.0.1:16686',
    dataDir: home,
    mayStartBackend: true,
  });
});

test('a backend that runs on the data directory is used, wherever it listens', () => {
  const addresses = { http: 'http://127.0.0.1:5001', otlpHttp: 'http://127.0.0.1:5002' };
  const dataDir = mkdtempSync(join(home, 'data-'));
  writeFileSync(join(dataDir, 'up.json'), JSON.stringify({ pid: process.pid, addresses }));
  const plan = planRun({ SIGHTLINE_DATA: dataDir }, '/r.cjs');
  expect(plan.env.OTEL_EXPORTER_OTLP_ENDPOINT).toBe(addresses.otlpHttp);
  expect(plan).toMatchObject({ otlpAddress: addresses.otlpHttp, httpAddress: addresses.http });
});

test('one that a crash has left behind is not', () => {
  const addresses = { http: 'http://127.0.0.1:5001', otlpHttp: 'http://127.0.0.1:5002' };
  const dataDir = mkdtempSync(join(home, 'data-'));
  const noProcess = 2 ** 30;
  writeFileSync(join(dataDir, 'up.json'), JSON.stringify({ pid: noProcess, addresses }));
  expect(planRun({ SIGHTLINE_DATA: dataDir }, '/r.cjs').otlpAddress).toBe('http://127.0.0.1:4318');
});

test.each(['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'])(
  '%s is the user’s decision',
  (name) => {
    const env = { SIGHTLINE_DATA: home, [name]: 'http://collector:4318/v1/traces' };
    const plan = planRun(env, '/r.cjs');
    expect(plan.env).toMatchObject(env);
    expect(plan).toMatchObject({ httpAddress: 'http://collector:16686', mayStartBackend: false });
  },
);

test('with tracing switched off no backend is needed', () => {
  expect(planRun({ SIGHTLINE_DATA: home, OTEL_SDK_DISABLED: 'true' }, '/r.cjs').mayStartBackend).toBe(false);
});

test.each([
  ['grpc', 'http://127.0.0.1:7002'],
  ['http/json', 'http://127.0.0.1:7001'],
])('a program that sends %s is led to the port for it', (protocol, endpoint) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sightline-environment-'));
  const addresses = {
    http: 'http://127.0.0.1:7000',
    otlpHttp: 'http://127.0.0.1:7001',
    otlpGrpc: 'http://127.0.0.1:7002',
  };
  writeUpState(dataDir, { pid: process.pid, addresses });
  const { env } = planRun({ SIGHTLINE_DATA: dataDir, OTEL_EXPORTER_OTLP_PROTOCOL: protocol }, '/r.cjs');
  expect(env.OTEL_EXPORTER_OTLP_ENDPOINT).toBe(endpoint);
});

test.each([
  ['otlp', true],
  ['console,otlp', true],
  ['', true],
  ['zipkin', false],
  ['none', false],
])('with OTEL_TRACES_EXPORTER=%s a backend may be started: %s', (OTEL_TRACES_EXPORTER, expected) => {
  expect(planRun({ SIGHTLINE_DATA: home, OTEL_TRACES_EXPORTER }, '/r.cjs').mayStartBackend).toBe(expected);
});
