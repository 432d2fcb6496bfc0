/// <reference path="./semifies.d.ts" />
/**
 * Which installed package a file belongs to, from its path: `node_modules` may be anywhere,
 * nested, or pnpm's, where the last `node_modules` in the resolved path is the one that counts.
 */
import { readFileSync } from 'node:fs';
import { sep } from 'node:path';
import semifies from 'semifies';
import type { Injection } from './injection.ts';

const folder = `${sep}node_modules${sep}`;

interface Manifest {
  readonly name: string;
  readonly version: string;
}

export class InjectionTable {
  readonly #byModule: Map<string, Injection[]>;
  /** By which an alias is suspected. Every other package has an `index.js`, so that one tells nothing. */
  readonly #tellingFiles: ReadonlySet<string>;
  readonly #manifests = new Map<string, Manifest>();

  constructor(injections: readonly Injection[]) {
    this.#byModule = groupByModule(injections);
    this.#tellingFiles = new Set(injections.map(({ file }) => file).filter((file) => file !== 'index.js'));
  }

  /** Asked for every file that the program loads: all but a few are turned down by one look into a map. */
  injectionsFor(path: string): readonly Injection[] | undefined {
    const at = path.lastIndexOf(folder);
    if (at === -1) return undefined;
    const start = at + folder.length;
    const end = packageNameEnd(path, start);
    if (end === -1) return undefined;
    const file = toSlashes(path.slice(end + 1));
    const declared = this.#byModule.get(toSlashes(path.slice(start, end))) ?? this.#aliased(path, end, file);
    return declared === undefined ? undefined : this.#matching(declared, path.slice(0, end), file);
  }

  /** `npm install express4@npm:express@4`: the folder has another name than the package. */
  #aliased(path: string, nameEnd: number, file: string): Injection[] | undefined {
    if (!this.#tellingFiles.has(file)) return undefined;
    return this.#byModule.get(this.#manifestOf(path.slice(0, nameEnd)).name);
  }

  #matching(declared: Injection[], packageFolder: string, file: string): Injection[] | undefined {
    const ofFile = declared.filter((injection) => injection.file === file);
    if (ofFile.length === 0) return undefined;
    const { version } = this.#manifestOf(packageFolder);
    const matching = ofFile.filter(({ versions }) => semifies(version, versions));
    return matching.length === 0 ? undefined : matching;
  }

  #manifestOf(packageFolder: string): Manifest {
    let manifest = this.#manifests.get(packageFolder);
    if (manifest === undefined) {
      const parsed: unknown = JSON.parse(readFileSync(`${packageFolder}${sep}package.json`, 'utf8'));
      const { name, version } = parsed as Partial<Record<keyof Manifest, unknown>>;
      manifest = { name: String(name), version: String(version) };
      this.#manifests.set(packageFolder, manifest);
    }
    return manifest;
  }
}

/** Where the package's name ends: at the first separator, or at the second after a scope. */
function packageNameEnd(path: string, start: number): number {
  const end = path.indexOf(sep, start);
  return path[start] === '@' && end !== -1 ? path.indexOf(sep, end + 1) : end;
}

function toSlashes(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/');
}

function groupByModule(injections: readonly Injection[]): Map<string, Injection[]> {
  const groups = new Map<string, Injection[]>();
  for (const injection of injections)
    groups.set(injection.module, [...(groups.get(injection.module) ?? []), injection]);
  return groups;
}
