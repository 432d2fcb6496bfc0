/** What each library of the table did in this process, as far as the agent saw it. */
import { isBuiltin } from 'node:module';
import type { AgentReportLibrary } from '@sightline/wire';
import { splicedFiles } from '../channels/spliced.ts';
import { guardEntries } from '../guard.ts';
import type { Library } from '../libraries/library.ts';
import { libraries } from '../libraries/table.ts';
import { describePackages, packageNameIn } from './installed-packages.ts';
import type { SpanCounts } from './span-counts.ts';

export interface ActivityOptions {
  readonly spans: SpanCounts;
  readonly disabled: ReadonlySet<string>;
  readonly loaded: ReadonlyMap<string, ReadonlySet<string>>;
  /** Where the program's script stands. */
  readonly start: string;
}

export function describeActivity(options: ActivityOptions): AgentReportLibrary[] {
  return libraries.map((library) => ({
    name: library.name,
    packages: packagesOf(library, options),
    files: filesOf(library),
    events: eventsOf(library),
    spans: options.spans.ofLibrary(scopeOf(library), kindsOf(library)),
    disabled: options.disabled.has(library.name),
  }));
}

function packagesOf(
  { packages, versions }: Library,
  { loaded, start }: ActivityOptions,
): AgentReportLibrary['packages'] {
  const builtin = packages.find((name) => name.startsWith('node:') || name === 'fetch');
  const ofNpm = packages.filter((name) => !name.startsWith('node:') && name !== 'fetch');
  const described = describePackages(ofNpm, versions, loaded, start);
  if (builtin === undefined) return described;
  const isThere = builtin === 'fetch' || isBuiltin(builtin);
  const ofNode = { name: builtin, version: process.versions.node, supported: true, loaded: true };
  return isThere ? [ofNode, ...described] : described;
}

function filesOf({ injections = [] }: Library): number {
  const modules = new Set(injections.map(({ module }) => module));
  let count = 0;
  for (const path of splicedFiles()) {
    const [, inside] = /.*[\\/]node_modules[\\/](.*)/.exec(path) ?? [];
    if (inside !== undefined && modules.has(packageNameIn(inside))) count++;
  }
  return count;
}

/** The guards at a library's entries begin with its name, those of the two sides of HTTP with `http.`. */
function eventsOf({ name }: Library): number {
  const prefix = `${name.startsWith('http-') ? name.replace('-', '.') : name}.`;
  let events = 0;
  for (const { where, calls } of guardEntries()) {
    // A server of any kind has connections; that it speaks HTTP shows when a request comes.
    if (where.startsWith(prefix) && where !== 'http.server.connection') events += calls;
  }
  return events;
}

function scopeOf({ name }: Library): string {
  return name.startsWith('http-') ? 'http' : name;
}

function kindsOf({ spans }: Library): number[] {
  return [...new Set(spans.flatMap(({ kind }) => (kind === undefined ? [] : [kind])))];
}
