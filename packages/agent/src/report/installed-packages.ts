/** Which packages a program has loaded, or could load, and in which versions: looked at once, as the process ends. */
import { dirname, join, sep } from 'node:path';
import type { AgentReportPackage } from '@sightline/wire';
import { builtin } from '../builtin.ts';
import { splicedFiles } from '../channels/spliced.ts';
import { isInRange } from '../channels/version-range.ts';

// Taken at start: a program may replace them with a file system in memory.
const { readFileSync } = builtin<typeof import('node:fs')>('node:fs');

const folder = `${sep}node_modules${sep}`;

/** Paths of all modules of this thread that came by `require`, and of files that got channels. */
export function loadedFiles(): string[] {
  const { _cache } = builtin<{ readonly _cache: Readonly<Record<string, unknown>> }>('node:module');
  return [...Object.keys(_cache), ...splicedFiles()];
}

/** Package name to the folders that it was loaded from. */
export function loadedPackages(files: readonly string[]): Map<string, Set<string>> {
  const packages = new Map<string, Set<string>>();
  for (const file of files) {
    const at = file.lastIndexOf(folder);
    if (at === -1) continue;
    const name = packageNameIn(file.slice(at + folder.length));
    const folders = packages.get(name) ?? new Set();
    folders.add(file.slice(0, at + folder.length) + name.replaceAll('/', sep));
    packages.set(name, folders);
  }
  return packages;
}

/** `@scope/name/lib/x.js` is of `@scope/name`. */
export function packageNameIn(path: string): string {
  return path.split(sep, path.startsWith('@') ? 2 : 1).join('/');
}

/**
 * @param names of npm packages
 * @param start where the program's script stands; what is installed there and above counts where nothing is loaded
 */
export function describePackages(
  names: readonly string[],
  versions: string,
  loaded: ReadonlyMap<string, ReadonlySet<string>>,
  start: string,
): AgentReportPackage[] {
  return names.flatMap((name) => {
    const folders = loaded.get(name);
    const found = folders === undefined ? [installedVersion(name, start)] : [...folders].map(versionIn);
    const known = new Set(found.filter((version) => version !== undefined));
    return [...known].map((version) => ({
      name,
      version,
      supported: isInRange(version, versions),
      loaded: folders !== undefined,
    }));
  });
}

function installedVersion(name: string, start: string): string | undefined {
  for (let at = start; ; at = dirname(at)) {
    const version = versionIn(join(at, 'node_modules', name));
    if (version !== undefined || dirname(at) === at) return version;
  }
}

function versionIn(packageFolder: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined; // not there
  }
}
