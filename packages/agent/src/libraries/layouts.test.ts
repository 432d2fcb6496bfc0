/** Programs that load their modules otherwise than plain Node from a flat node_modules. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import type { NodeMajor } from '../../testing/nodes.ts';
import { folder, repository, runTraced, type ShownSpan } from '../../testing/traced-program.ts';

function routes(spans: readonly ShownSpan[]): string[] {
  return spans.flatMap(({ kind, name, exceptions = [] }) =>
    kind === 'SERVER' ? [[name, ...exceptions].join(' ')] : [],
  );
}

const expressRoutes = [
  'GET /api/:tenant/users/:id',
  'GET /api/:tenant/second/:x',
  'GET /api/:tenant/param/:slow',
  'GET /api/:tenant',
  'GET /api/:tenant/next TypeError: given to next',
  'GET /m1/leaf',
  'GET /m2/:key/leaf',
  'GET /static',
  'GET /:any',
  'GET /^\\/regex(p)?$/',
  'GET /throws RangeError: thrown',
  'GET /bad Error: bad input',
  'GET /later SyntaxError: given later',
  'GET /text undefined: a text (without stack)',
  'GET /rejects TypeError: rejected',
  'GET',
];
const express4Routes = expressRoutes.map((route) => (route.startsWith('GET /rejects') ? 'GET /:any' : route));

describe("in pnpm's layout, with the last router that has no channel of its own", () => {
  beforeAll(() => {
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({
        name: 'pnpm-app',
        version: '1.0.0',
        dependencies: { express: '5.1.0' },
        pnpm: { overrides: { router: '2.2.0' } },
      }),
    );
    const pnpm = join(repository, 'node_modules/pnpm/bin/pnpm.cjs');
    const args = [pnpm, 'install', '--ignore-scripts', '--store-dir', join(folder, 'store')];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`pnpm install failed: ${stdout}`);
    for (const file of ['scenario.cjs', 'main.cjs', 'main.mjs']) {
      copyFileSync(join(repository, 'e2e/apps/express5', file), join(folder, file));
    }
  }, 60_000);

  test.each<[string, NodeMajor]>([
    ['main.cjs', 20],
    ['main.mjs', 20],
    ['main.cjs', 24],
    ['main.mjs', 24],
  ])('%s on Node %i: routes are found by injected channels', async (main, node) => {
    const { spans, stderr } = await runTraced(join(folder, main), { node });
    expect(stderr).toBe('');
    expect(routes(spans)).toEqual(expressRoutes);
  });
});

describe('TypeScript through tsx', () => {
  test.each<[string, NodeMajor]>([
    ['main.ts', 20],
    ['main.ts', 22],
    ['main.cts', 22],
    ['main.ts', 24],
    ['main.cts', 24],
    ['main.ts', 26],
  ])('%s on Node %i', async (main, node) => {
    const { spans } = await runTraced(`tsx/${main}`, { node, nodeArguments: ['--no-deprecation', '--import', 'tsx'] });
    expect(spans[0]?.name).toBe('CREATE TABLE users');
    expect(routes(spans)).toEqual(express4Routes);
  });

  test.each<[string, NodeMajor]>([
    ['main.ts', 20],
    ['main.cts', 24],
  ])("%s by tsx's own command on Node %i", async (main, node) => {
    const cli = join(repository, 'node_modules/tsx/dist/cli.mjs');
    const { spans } = await runTraced(cli, {
      node,
      programArguments: [join(repository, 'e2e/apps/tsx', main)],
      inherited: true,
    });
    expect(routes(spans)).toEqual(express4Routes);
  });
});

test.each<NodeMajor>([20, 24])('a bundled program keeps what comes of channels on Node %i', async (node) => {
  const outfile = join(folder, 'bundle.cjs');
  const entry = join(repository, 'e2e/apps/express5/main.cjs');
  await build({ entryPoints: [entry], bundle: true, platform: 'node', minify: true, outfile });
  const { spans, stderr } = await runTraced(outfile, { node });
  expect(stderr).toBe('');
  expect(routes(spans)).toEqual(expressRoutes);
});
