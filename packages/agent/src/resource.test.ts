import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { detectResource } from './resource.ts';
import type { AttributeList } from './tracer/attributes.ts';

const folder = mkdtempSync(join(tmpdir(), 'sightline-resource-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text = ''): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const nothing = { serviceName: undefined, resourceAttributes: new Map<string, string>() };

function toObject(list: AttributeList): Record<string, unknown> {
  return Object.fromEntries(list.flatMap((key, i) => (i % 2 === 0 ? [[key, list[i + 1]]] : [])));
}

function detect(script: string | undefined, config = nothing): Record<string, unknown> {
  return toObject(detectResource(config, script));
}

test('the service is the nearest package with a name, its scope kept', () => {
  write('shop/package.json', '{ "name": "@shop/api", "version": "1.4.0" }');
  write('shop/dist/package.json', '{ "type": "module" }');
  expect(detect(write('shop/dist/deep/server.js'))).toMatchObject({
    'service.name': '@shop/api',
    'service.version': '1.4.0',
  });
});

test('a linked script belongs to the package that it stands in', () => {
  write('tool/package.json', '{ "name": "tool" }');
  mkdirSync(join(folder, 'bin'));
  symlinkSync(write('tool/cli.js'), join(folder, 'bin/tool'));
  expect(detect(join(folder, 'bin/tool'))['service.name']).toBe('tool');
});

test('an installed tool runs the package of the working directory; where there is none, it is itself the service', () => {
  write('tools/node_modules/runner/package.json', '{ "name": "runner" }');
  const script = write('tools/node_modules/runner/bin/run.js');
  write('web/package.json', '{ "name": "web", "version": "2.0.0" }');
  mkdirSync(join(folder, 'web/pages'));
  expect(detectIn('web/pages', script)).toMatchObject({ 'service.name': 'web', 'service.version': '2.0.0' });
  expect(detectIn('bin', script)['service.name']).toBe('runner');
});

function detectIn(workingDirectory: string, script: string): Record<string, unknown> {
  const cwd = vi.spyOn(process, 'cwd').mockReturnValue(join(folder, workingDirectory));
  onTestFinished(() => cwd.mockRestore());
  return detect(script);
}

test('without a package, or with a broken one, the service is the script', () => {
  write('loose/package.json', '{ broken');
  const resource = detect(write('loose/worker.task.mjs'));
  expect(resource['service.name']).toBe('worker.task');
  expect(resource).not.toHaveProperty('service.version');
});

test('what is configured stands above what is found', () => {
  const script = write('shop/other.js');
  const resourceAttributes = new Map([
    ['service.version', '9'],
    ['host.name', 'mine'],
    ['service.instance.id', 'one'],
    ['team', 'x'],
  ]);
  expect(detect(script, { serviceName: undefined, resourceAttributes })).toMatchObject({
    'service.name': '@shop/api',
    'service.version': '9',
    'host.name': 'mine',
    'service.instance.id': 'one',
    team: 'x',
  });
});

test('the process and the agent describe themselves, arguments left out', () => {
  const script = write('loose/main.js');
  expect(detect(script)).toMatchObject({
    'service.instance.id': expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f-]{27}$/),
    'process.pid': process.pid,
    'process.executable.path': process.execPath,
    'process.command': script,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
    'host.name': hostname(),
    'telemetry.sdk.name': 'sightline',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.version': expect.any(String),
  });
});
