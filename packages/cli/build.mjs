/**
 * Builds what is published as `sightline`: the command line, the server and the pages in one folder, `dist/`,
 * without our own packages as dependencies; those of others stay dependencies. Each command's code is a
 * chunk of its own, so that `run` loads neither the server nor what only other commands need.
 */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, 'dist');
const ours = /^@sightline\/(server|wire)(\/|$)/;

removeOld();
const { metafile } = await build({
  absWorkingDir: root,
  // Threads are programs of their own: the server starts them by name, beside its own file.
  entryPoints: [
    'src/main.ts',
    ...['intake-thread', 'encoder-thread'].map((name) => `../server/src/threads/${name}.ts`),
  ],
  entryNames: '[name]',
  outdir: dist,
  bundle: true,
  splitting: true,
  chunkNames: '[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20.6',
  conditions: ['@sightline/source'],
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
  plugins: [{ name: 'dependencies-stay', setup: keepDependencies }],
});
assertDeclared(metafile);
cpSync(join(root, '../server/dist/encode/spans.wasm'), join(dist, 'spans.wasm'));
cpSync(join(root, '../server/dist/web'), join(dist, 'web'), { recursive: true });
for (const folder of ['start', 'sightline_agent']) {
  cpSync(join(root, '../python', folder), join(dist, 'python', folder), {
    recursive: true,
    filter: (path) => !path.endsWith('__pycache__'),
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
