import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import { type NodeMajor, nodeBinary } from '../../testing/nodes.ts';
import { agentFolder, folder } from '../../testing/traced-program.ts';
import { hasSafeHooks } from './module-hooks.ts';

/** A program with one ES module package and one in CommonJS, and a preload that adds channels to both. */
const files: Record<string, string> = {
  'node_modules/modern/package.json': '{"version":"1.0.0","type":"module","exports":"./index.js"}',
  'node_modules/modern/index.js':
    "export * from './serve.js';\nexport * from './reworded.js';\nexport { broken, old } from 'classic';\n",
  'node_modules/modern/serve.js':
    "export function serve(a) {\n  return 'served ' + a;\n}\nexport const line = new Error().stack.split('\\n')[1].match(/:(\\d+):/)[1];",
  'node_modules/modern/reworded.js': "export const reworded = async ( a )  => { return 'reworded ' + a }\n// the end",
  'node_modules/classic/package.json': '{"version":"1.0.0","main":"main.js"}',
  'node_modules/classic/main.js':
    "exports.old = require('./lib/old.js').old; exports.broken = require('./lib/broken.js').broken;",
  'node_modules/classic/lib/old.js':
    "'use strict';\nexports.old = function old(a) {\n  return this === undefined ? 'old ' + a : 'not strict';\n};",
  'node_modules/classic/lib/broken.js': "exports.broken = (a) => 'broken ' + a;",
  'main.mjs':
    "import { broken, line, old, reworded, serve } from 'modern';\nimport { run } from './run.cjs';\nrun({ broken, line, old, reworded, serve });",
  'dynamic.cjs': "import('modern').then(require('./run.cjs').run);",
  'required.cjs': "require('./run.cjs').run(require('modern'));",
  'plain.cjs': "require('./run.cjs').run({ ...require('classic'), line: '4', serve: (a) => a, reworded: (a) => a });",
  'run.cjs':
    'exports.run = async ({ broken, line, old, reworded, serve }) => console.log(JSON.stringify([serve(1), await reworded(2), (0, old)(3), broken(4), line]));',
  'preload.ts': `
    import { subscribe } from 'node:diagnostics_channel';
    import { installModuleHooks } from ${JSON.stringify(fileURLToPath(new URL('module-hooks.ts', import.meta.url)))};
    import { isHooksThread } from ${JSON.stringify(fileURLToPath(new URL('../thread.ts', import.meta.url)))};
    const common = { versions: '>=1.0.0', message: '{a}' };
    const modern = { ...common, module: 'modern', format: 'module' } as const;
    const classic = { ...common, module: 'classic', format: 'commonjs' } as const;
    for (const name of ['serve', 'reworded', 'old']) subscribe('test:' + name, (message) => console.log(name, JSON.stringify(message)));
    if (!isHooksThread()) installModuleHooks([
      { ...modern, file: 'serve.js', anchor: 'function serve(a) {', function: { functionName: 'serve', kind: 'Sync' }, channel: 'test:serve' },
      { ...modern, file: 'reworded.js', anchor: 'function reworded(a) {', function: { expressionName: 'reworded', kind: 'Async' }, channel: 'test:reworded' },
      { ...classic, file: 'lib/old.js', anchor: 'exports.old = function old(a) {', function: { expressionName: 'old', kind: 'Sync' }, channel: 'test:old' },
      { ...classic, file: 'lib/broken.js', anchor: 'no such text', function: { functionName: 'nowhere', kind: 'Sync' }, channel: 'test:broken' },
    ], new Map([['node:http', () => console.log('http is loaded')]]), ${JSON.stringify(agentFolder)});
  `,
};

beforeAll(async () => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const outfile = join(folder, 'preload.cjs');
  await build({
    entryPoints: [join(folder, 'preload.ts')],
    bundle: true,
    platform: 'node',
    outfile,
    conditions: ['@sightline/source'],
  });
});

const results = ['served 1', 'reworded 2', 'old 3', 'broken 4', '4'];

describe.each<NodeMajor>([20, 22, 24, 26])('on Node %i', (major) => {
  // The asynchronous hooks of Node 20 do not see what `require()` of an ES module imports in turn.
  const mains = ['main.mjs', 'dynamic.cjs', ...(major === 20 ? [] : ['required.cjs'])];

  test.each(mains)('%s: ES modules and CommonJS get their channels', (main) => {
    const { stdout, stderr } = run(major, [main]);
    expect(stderr).toBe('');
    expect(stdout.split('\n')).toEqual([
      'serve {"a":1}',
      'reworded {"a":2}',
      'old {"a":3}',
      JSON.stringify(results),
      '',
    ]);
  });

  test('a program without ES modules gets its channels', () => {
    expect(run(major, ['plain.cjs']).stdout.split('\n')[0]).toBe('old {"a":3}');
  });

  test("the user's own hooks go on working", () => {
    writeFileSync(
      join(folder, 'user-hooks.mjs'),
      "export async function load(url, context, next) {\n  const result = await next(url, context);\n  return url.endsWith('main.mjs') ? { ...result, source: 'console.log(`user hook`);' + result.source } : result;\n}",
    );
    writeFileSync(
      join(folder, 'user.mjs'),
      "import { register } from 'node:module';\nregister('./user-hooks.mjs', import.meta.url);",
    );
    const { stdout } = run(major, ['--no-deprecation', '--import', './user.mjs', 'main.mjs']);
    expect(stdout.split('\n')).toEqual([
      'user hook',
      'serve {"a":1}',
      'reworded {"a":2}',
      'old {"a":3}',
      JSON.stringify(results),
      '',
    ]);
  });
});

test.each([
  ["import 'node:http';", 'mjs'],
  ["await import('node:http');", 'mjs'],
  ["require('node:http');", 'cjs'],
  ["process.getBuiltinModule('node:http');", 'cjs'],
])('the watcher of a builtin is called once, by %s', (source, extension) => {
  writeFileSync(join(folder, `watch.${extension}`), `${source}\n`.repeat(2));
  expect(run(24, [`watch.${extension}`]).stdout).toBe('http is loaded\n');
});

test.each([
  ['20.20.2', false],
  ['22.22.2', false],
  ['22.22.3', true],
  ['23.11.0', false],
  ['24.12.0', false],
  ['24.13.0', true],
  ['25.0.0', false],
  ['26.0.0', true],
])('synchronous hooks of Node %s are safe: %s', (version, isSafe) => expect(hasSafeHooks(version)).toBe(isSafe));

function run(major: NodeMajor, args: string[]): { stdout: string; stderr: string } {
  const options = { cwd: folder, encoding: 'utf8', env: { PATH: process.env.PATH } } as const;
  return spawnSync(nodeBinary(major), ['--require', './preload.cjs', ...args], options);
}
