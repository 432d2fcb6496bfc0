/** What would be published: only what is needed at run time, and no more of it than we say. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { root } from './sightline.ts';

interface Packed {
  name: string;
  unpackedSize: number;
  files: { path: string; size: number; mode: number }[];
}

function pack(workspace: string): Packed {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '-w', workspace], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [packed] = JSON.parse(output.toString()) as Packed[];
  if (!packed) throw new Error(`npm packed nothing of ${workspace}`);
  return packed;
}

const mebibyte = 1024 * 1024;

/** The paths, with `*` for what varies from build to build. */
function kindsOf({ files }: Packed): string[] {
  const kinds = files.map(({ path }) =>
    path
      .replace(/^dist\/web\/.*(\.\w+)$/, 'dist/web/*$1')
      .replace(/^dist\/python\/(\w+)\/.*(\.\w+)$/, 'dist/python/$1/*$2')
      .replace(/^dist\/[\w-]+-[A-Z0-9]{8}\.js$/, 'dist/*.js'),
  );
  return [...new Set(kinds)].sort();
}

test('sightline holds the command, the server and the pages: no sources, tests or maps', () => {
  const packed = pack('packages/cli');
  expect(packed.name).toBe('sightline');
  expect(kindsOf(packed)).toEqual([
    'bin/sightline.cjs',
    'dist/*.js',
    'dist/command-line.js',
    'dist/encoder-thread.js',
    'dist/intake-thread.js',
    'dist/java-agent.js',
    'dist/main.cjs',
    'dist/python/sightline_agent/*.json',
    'dist/python/sightline_agent/*.py',
    'dist/python/sightline_agent/*.txt',
    'dist/python/start/*.py',
    'dist/span-json.wasm',
    'dist/spans.wasm',
    'dist/summary.js',
    'dist/web/*.css',
    'dist/web/*.html',
    'dist/web/*.js',
    'dist/web/*.svg',
    'dist/web/*.woff2',
    'package.json',
  ]);
  expect(packed.unpackedSize).toBeLessThan(5 * mebibyte);
  const bin = packed.files.find(({ path }) => path === 'bin/sightline.cjs');
  expect((bin?.mode ?? 0) & 0o111).toBe(0o111);
});

test('the agent is a handful of files, below a mebibyte, with no dependencies', () => {
  const packed = pack('packages/agent');
  expect(packed.name).toBe('@sightline/agent');
  expect(kindsOf(packed)).toEqual([
    'dist/agent.cjs',
    'dist/exit-worker.cjs',
    'dist/exporters.cjs',
    'dist/inject.cjs',
    'dist/libraries.json',
    'dist/loader.mjs',
    'dist/register.cjs',
    'package.json',
  ]);
  expect(packed.unpackedSize).toBeLessThan(mebibyte);
});
