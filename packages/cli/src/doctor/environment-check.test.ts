import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkAgent, checkNode, checkVariables } from './environment-check.ts';

test.each([
  ['18.20.0', 'problem'],
  ['20.5.1', 'problem'],
  ['20.6.0', 'ok'],
  ['24.1.0', 'ok'],
])('Node.js %s: %s', (version, level) => expect(checkNode(version).level).toBe(level));

test('an agent that lacks a file is told, with the file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-doctor-'));
  const register = join(folder, 'register.cjs');
  for (const name of ['register.cjs', 'agent.cjs', 'inject.cjs', 'exit-worker.cjs', 'exporters.cjs'])
    writeFileSync(join(folder, name), '');
  expect(checkAgent(register)).toMatchObject({
    level: 'problem',
    text: expect.stringContaining('loader.mjs is missing'),
  });
  writeFileSync(join(folder, 'loader.mjs'), '');
  expect(checkAgent(register).level).toBe('ok');
  expect(checkAgent(undefined).level).toBe('problem');
});

test('variables in effect are listed, secrets are not', () => {
  const env = { OTEL_SERVICE_NAME: 'shop', OTEL_EXPORTER_OTLP_HEADERS: 'a=secret', SIGHTLINE_DATA: '', HOME: '/h' };
  expect(checkVariables(env).map(({ text }) => text)).toEqual([
    'OTEL_EXPORTER_OTLP_HEADERS=…',
    'OTEL_SERVICE_NAME=shop',
  ]);
});

test.each([
  [{ OTEL_SDK_DISABLED: 'True' }, 'nothing is traced'],
  [{ OTEL_TRACES_EXPORTER: 'none' }, 'no span is sent'],
  [{ NODE_OPTIONS: '--require dd-trace/init' }, 'dd-trace'],
  [{ NODE_OPTIONS: '--require @opentelemetry/auto-instrumentations-node/register' }, 'an OpenTelemetry SDK'],
])('%j is a problem', (env, text) => {
  const [first] = checkVariables(env);
  expect(first).toMatchObject({ level: 'problem', text: expect.stringContaining(text) });
});
