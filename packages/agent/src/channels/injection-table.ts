/// <reference path="./semifies.d.ts" />
/**
 * Which installed package a file belongs to, from its path alone: `node_modules` may be anywhere,
 * nested, or pnpm's, where the last `node_modules` in the resolved path is the one that counts.
 */
import { readFileSync } from 'node:fs';
import { sep } from 'node:path';
import semifies from 'semifies';
import type { Injection } from './injection.ts';

const folder = `${sep}node_modules${sep}`;

export class InjectionTable {
  readonly #byModule: Map<string, Injection[]>;
  readonly #versions = new Map<string, string>();

  constructor(injections: readonly Injection[]) {
    this.#byModule = groupByModule(injections);
  }

  /** Asked for every file that the program loads: all but a few are turned down by one look into a map. */
  injectionsFor(path: string): readonly Injection[] | undefined {
    const at = path.lastIndexOf(folder);
    if (at === -1) return undefined;
    const start = at + folder.length;
    const end = packageNameEnd(path, start);
    if (end === -1) return undefined;
    const declared = this.#byModule.get(toSlashes(path.slice(start, end)));
    return declared === undefined ? undefined : this.#matching(declared, path, end);
  }

  #matching(declared: Injection[], path: string, nameEnd: number): Injection[] | undefined {
    const file = toSlashes(path.slice(nameEnd + 1));
    const ofFile = declared.filter((injection) => injection.file === file);
    if (ofFile.length === 0) return undefined;
    const version = this.#versionOf(path.slice(0, nameEnd));
    const matching = ofFile.filter(({ versions }) => semifies(version, versions));
    return matching.length === 0 ? undefined : matching;
  }

  #versionOf(packageFolder: string): string {
    let version = this.#versions.get(packageFolder);
    if (version === undefined) {
      const manifest: unknown = JSON.parse(readFileSync(`${packageFolder}${sep}package.json`, 'utf8'));
      version = String((manifest as { version?: unknown }).version);
      this.#versions.set(packageFolder, version);
    }
    return version;
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
