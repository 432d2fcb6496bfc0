import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Layer, layers } from './boundaries.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const workspaces: Record<string, string> = { '@sightline/wire': 'packages/wire/src/index.ts' };

interface Import {
  readonly specifier: string;
  /** The imported file, from the repository's root; undefined for packages and node:. */
  readonly file: string | undefined;
  readonly kind: 'static' | 'dynamic' | 'type';
}

const sources = [...new Set(layers.map((layer) => layer.path))]
  .flatMap((path) => filesBelow(path))
  .filter((file) => !/\.(test|bench|fixture)\.tsx?$/.test(file));
const importsOf = new Map([...new Set(sources)].map((file) => [file, readImports(file)]));

describe.each(layers)('$path: $because', (layer) => {
  const files = [...importsOf.keys()].filter((file) => layerOf(file) === layer);

  test('imports only what it may', () => {
    const forbidden = files.flatMap((file) =>
      (importsOf.get(file) ?? [])
        .filter((found) => !allowed(layer, found))
        .map((found) => `${file} → ${found.specifier}`),
    );
    expect(forbidden).toEqual([]);
  });
});

test('every layer has files', () => {
  const empty = layers.filter((layer) => ![...importsOf.keys()].some((file) => layerOf(file) === layer));
  expect(empty.map((layer) => layer.path)).toEqual([]);
});

test('what runs in a browser never reaches node:', () => {
  expect(reachedFrom('packages/web/src/').filter((specifier) => specifier.startsWith('node:'))).toEqual([]);
});

test('the command line reaches the server by dynamic import alone', () => {
  const reached = reachedFrom('packages/cli/src/');
  expect(reached.filter((specifier) => specifier.startsWith('@sightline/server'))).toEqual([]);
});

test('no cycle of imports', () => {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (done.has(file) || path.includes(file)) return;
    for (const { file: next, kind } of importsOf.get(file) ?? [])
      if (next && kind === 'static') visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of importsOf.keys()) visit(file, []);
  expect(cycles).toEqual([]);
});

function allowed(layer: Layer, { specifier, file }: Import): boolean {
  if (file) {
    const target = layerOf(file);
    return target === layer || layer.mayImport.some((path) => file === path || file.startsWith(`${path}/`));
  }
  if (specifier.startsWith('node:')) return layer.node;
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  if (name.startsWith('@sightline/')) return layer.path === 'packages/cli/src' || layer.path === 'e2e/src';
  return layer.packages.includes('*') || layer.packages.includes(name);
}

/** Every specifier that the files below a folder reach through static imports. */
function reachedFrom(folder: string): string[] {
  const queue = [...importsOf.keys()].filter((file) => file.startsWith(folder));
  const seen = new Set(queue);
  const specifiers = new Set<string>();
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    for (const found of importsOf.get(file) ?? []) {
      if (found.kind !== 'static') continue;
      specifiers.add(found.specifier);
      if (found.file && !seen.has(found.file)) {
        seen.add(found.file);
        queue.push(found.file);
      }
    }
  }
  return [...specifiers];
}

function layerOf(file: string): Layer | undefined {
  return layers
    .filter(({ path }) => file === path || file.startsWith(`${path}/`))
    .sort((a, b) => b.path.length - a.path.length)[0];
}

function readImports(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const statements = /^(?:import|export)\s+(type\s)?[^'"`;]*?from\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]/gm;
  const calls = /\bimport\(\s*['"]([^'"]+)['"]\s*\)|\brequire\(\s*['"]([^'"]+)['"]\s*\)/g;
  return [
    ...[...text.matchAll(statements)].map((m) => resolve(file, m[2] ?? m[3] ?? '', m[1] ? 'type' : 'static')),
    ...[...text.matchAll(calls)].map((m) => resolve(file, m[1] ?? m[2] ?? '', 'dynamic')),
  ];
}

function resolve(from: string, specifier: string, kind: Import['kind']): Import {
  const file = specifier.startsWith('.') ? normalize(join(dirname(from), specifier)) : workspaces[specifier];
  return { specifier, file, kind };
}

function filesBelow(path: string): string[] {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (/\.tsx?$/.test(path)) return [path];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}
