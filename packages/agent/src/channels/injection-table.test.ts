import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Injection } from './injection.ts';
import { InjectionTable } from './injection-table.ts';

const folder = mkdtempSync(join(tmpdir(), 'sightline-table-'));
afterAll(() => rmSync(folder, { recursive: true }));

function declare(module: string, file: string): Injection {
  const rest = {
    format: 'commonjs',
    anchor: '',
    function: { functionName: 'f', kind: 'Sync' },
    message: '{}',
  } as const;
  return { module, file, versions: '>=1.2.0 <2.0.0', channel: `${module}/${file}`, ...rest };
}

const table = new InjectionTable([declare('plain', 'index.js'), declare('@scope/name', 'lib/a.js')]);

function install(path: string, version: string, name = ''): string {
  mkdirSync(join(folder, path), { recursive: true });
  writeFileSync(join(folder, path, 'package.json'), JSON.stringify({ name, version }));
  return join(folder, path);
}

test.each([
  ['flat', 'a/node_modules/plain', '1.2.0', 'index.js', 'plain/index.js'],
  ['nested', 'a/node_modules/other/node_modules/plain', '1.9.9', 'index.js', 'plain/index.js'],
  ['in a scope', 'a/node_modules/@scope/name', '1.3.0', 'lib/a.js', '@scope/name/lib/a.js'],
  ["in pnpm's store", 'a/node_modules/.pnpm/plain@1.3.0/node_modules/plain', '1.3.0', 'index.js', 'plain/index.js'],
])('a package that is %s is found', (_case, path, version, file, channel) => {
  const found = table.injectionsFor(join(install(path, version), file));
  expect(found?.map((injection) => injection.channel)).toEqual([channel]);
});

test('a package that is installed under another name is found by its own', () => {
  const aliased = install('c/node_modules/name1', '1.2.3', '@scope/name');
  expect(table.injectionsFor(join(aliased, 'lib/a.js'))).toHaveLength(1);
  const other = install('c/node_modules/other', '1.2.3', 'other');
  expect(table.injectionsFor(join(other, 'lib/a.js'))).toBeUndefined();
});

test.each([
  ['of another version', 'b/node_modules/plain', '2.0.0', 'index.js'],
  ['of a package that is too old', 'c/node_modules/plain', '1.1.9', 'index.js'],
  ['of another package', 'b/node_modules/plainer', '1.2.0', 'index.js'],
  ['not declared', 'd/node_modules/plain', '1.2.0', 'other.js'],
  ['of the program itself', 'plain', '1.2.0', 'index.js'],
  ['inside a package of that package', 'e/node_modules/plain/node_modules/x', '1.2.0', 'index.js'],
])('a file %s stays as it is', (_case, path, version, file) => {
  expect(table.injectionsFor(join(install(path, version), file))).toBeUndefined();
});

test('a package without a version is left alone', () => {
  const path = install('f/node_modules/plain', '1.2.0');
  rmSync(join(path, 'package.json'));
  expect(() => table.injectionsFor(join(dirname(path), 'plain/index.js'))).toThrow('ENOENT');
});
