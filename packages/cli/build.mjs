/**
 * Builds what is published as `sightline`: the command line, the server and the pages in one folder, `dist/`,
 * without our own packages as dependencies; those of others stay dependencies. `run` is one CommonJS file, which
 * Node starts in a fraction of the time. All else is in ES modules, each command's code in a chunk of its own, so
 * that nobody loads what only others need.
 */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, 'dist');
const ours = /^@sightline\/(server|wire)(\/|$)/;

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.6',
  conditions: ['@sightline/source'],
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
};

removeOld();
const later = await buildRun();
const { metafile } = await build({
  ...shared,
  // Threads are programs of their own: the server starts them by name, beside its own file.
  entryPoints: [...later, ...['intake-thread', 'encoder-thread'].map((name) => `../server/src/threads/${name}.ts`)],
  entryNames: '[name]',
  outdir: dist,
  splitting: true,
  chunkNames: '[name]-[hash]',
  format: 'esm',
  plugins: [{ name: 'dependencies-stay', setup: keepDependencies }],
});
assertDeclared(metafile);
for (const module of ['encode/spans.wasm', 'query/span-json.wasm']) {
  cpSync(join(root, '../server/dist', module), join(dist, basename(module)));
}
cpSync(join(root, '../server/dist/web'), join(dist, 'web'), { recursive: true });
for (const folder of ['start', 'sightline_agent']) {
  cpSync(join(root, '../python', folder), join(dist, 'python', folder), {
    recursive: true,
    filter: (path) => !path.endsWith('__pycache__'),
  });
}

/** @returns the files that it imports once it needs them: ES modules */
async function buildRun() {
  const found = new Set();
  await build({
    ...shared,
    entryPoints: ['src/main.ts'],
    outfile: join(dist, 'main.cjs'),
    format: 'cjs',
    define: { 'import.meta.url': 'fileUrl' },
    banner: { js: `'use strict'; const fileUrl = require('node:url').pathToFileURL(__filename).href;` },
    plugins: [{ name: 'imports-stay', setup: (build) => keepImports(build, found) }],
  });
  return found;
}

function keepImports(build, found) {
  build.onResolve({ filter: /^\./ }, ({ path, kind, resolveDir }) => {
    if (kind !== 'dynamic-import') return undefined;
    found.add(join(resolveDir, path));
    return { path: `./${basename(path, '.ts')}.js`, external: true };
  });
}

/** All but what `tsc -b` keeps there. */
function removeOld() {
  for (const name of existsSync(dist) ? readdirSync(dist) : []) {
    if (name !== 'types' && !name.endsWith('.tsbuildinfo')) rmSync(join(dist, name), { recursive: true });
  }
}

function keepDependencies(build) {
  build.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
    kind === 'entry-point' || ours.test(path) ? undefined : { path, external: true },
  );
}

/** What the server needs is installed with `sightline`: each package in the version that the server declares. */
function assertDeclared({ outputs }) {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const server = JSON.parse(readFileSync(join(root, '../server/package.json'), 'utf8')).dependencies;
  const external = Object.values(outputs).flatMap(({ imports }) => imports.filter((found) => found.external));
  for (const name of new Set(external.map(({ path }) => packageName(path)))) {
    if (name.startsWith('node:')) continue;
    const wanted = server[name] ?? dependencies[name];
    if (dependencies[name] !== wanted) {
      throw new Error(`packages/cli/package.json must depend on ${name} ${wanted ?? ''}, as the server does`);
    }
  }
}

function packageName(path) {
  return path.split('/', path.startsWith('@') ? 2 : 1).join('/');
}
