import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describePackages, loadedPackages } from './installed-packages.ts';

const root = mkdtempSync(join(tmpdir(), 'sightline-packages-'));

function install(path: string, version: string): string {
  mkdirSync(join(root, path), { recursive: true });
  writeFileSync(join(root, path, 'package.json'), JSON.stringify({ version }));
  return join(root, path);
}

test('packages are told from the paths of loaded files: scoped, nested, and of pnpm', () => {
  const files = [
    '/app/node_modules/express/lib/router/index.js',
    '/app/node_modules/a/node_modules/express/index.js',
    '/app/node_modules/.pnpm/@scope+name@1.0.0/node_modules/@scope/name/x.js',
    '/app/server.js',
  ];
  expect(loadedPackages(files)).toEqual(
    new Map([
      ['express', new Set(['/app/node_modules/express', '/app/node_modules/a/node_modules/express'])],
      ['@scope/name', new Set(['/app/node_modules/.pnpm/@scope+name@1.0.0/node_modules/@scope/name'])],
    ]),
  );
});

test('all loaded versions are told; of what is not loaded, the one that is installed', () => {
  const folders = new Set([install('node_modules/express', '4.18.2'), install('x/node_modules/express', '3.1.0')]);
  install('node_modules/fastify', '5.1.0');
  const loaded = new Map([['express', folders]]);
  const describe = (name: string): unknown =>
    describePackages([name], '>=4.0.0 <6.0.0', loaded, join(root, 'src/deep'));
  expect(describe('express')).toEqual([
    { name: 'express', version: '4.18.2', supported: true, loaded: true },
    { name: 'express', version: '3.1.0', supported: false, loaded: true },
  ]);
  expect(describe('fastify')).toEqual([{ name: 'fastify', version: '5.1.0', supported: true, loaded: false }]);
  expect(describe('absent')).toEqual([]);
});
