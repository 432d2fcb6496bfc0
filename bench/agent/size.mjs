// What is installed for a side, and what it loads before the program's first line.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cleanEnvironment } from './processes.mjs';

/** @returns {bytes, packages, files, builtins}: the package with all that it depends on; what it loads at start */
export function measureSize(node, side, sinkPort) {
  const bare = loaded(node, [], {});
  const traced = loaded(node, side.options('commonjs'), side.env(sinkPort));
  const folders = [...packagesOf(side.folder)];
  return {
    bytes: folders.reduce((sum, folder) => sum + bytesOf(folder), 0),
    packages: folders.length,
    files: traced.files - bare.files,
    builtins: traced.builtins - bare.builtins,
  };
}

/** Files, and builtin modules that a program can name. */
function loaded(node, options, env) {
  const script =
    'const { builtinModules } = require("node:module");' +
    'const isPublic = (name) => builtinModules.includes(name.replace("NativeModule ", ""));' +
    'console.log(JSON.stringify({ files: Object.keys(require.cache).length, ' +
    'builtins: process.moduleLoadList.filter((name) => name.startsWith("NativeModule ") && isPublic(name)).length }));' +
    'process.exit();';
  const output = execFileSync(node, [...options, '-e', script], { encoding: 'utf8', env: cleanEnvironment(env) });
  return JSON.parse(output.trim().split('\n').at(-1));
}

/** The folders of a package and of everything that npm installs for it. */
function packagesOf(folder, seen = new Set()) {
  const real = realpathSync(folder);
  if (seen.has(real)) return seen;
  seen.add(real);
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(readFileSync(join(real, 'package.json'), 'utf8'));
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const found = resolveFolder(name, real);
    if (found !== undefined) packagesOf(found, seen);
  }
  return seen;
}

function resolveFolder(name, from) {
  for (let at = from; at !== dirname(at); at = dirname(at)) {
    const folder = join(at, 'node_modules', name);
    if (existsSync(folder)) return folder;
  }
  return undefined;
}

function bytesOf(folder) {
  // The workspace's own has sources and tests around what is published.
  if (existsSync(join(folder, 'src', 'start.ts'))) return publishedBytes(folder);
  return treeBytes(folder);
}

function publishedBytes(folder) {
  const [{ unpackedSize }] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  return unpackedSize;
}

function treeBytes(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.size;
  const names = readdirSync(path).filter((name) => name !== 'node_modules');
  return names.reduce((sum, name) => sum + treeBytes(join(path, name)), 0);
}
