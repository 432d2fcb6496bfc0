import { type BuiltinWatchers, installModuleHooks } from '../channels/module-hooks.ts';
import { log } from '../log.ts';
import { betterSqlite3 } from './better-sqlite3.ts';
import { express } from './express.ts';
import { fastify } from './fastify.ts';
import { httpClient } from './http-client.ts';
import { httpServer } from './http-server.ts';
import type { ChannelSource, Library, SpanDoc } from './library.ts';
import { libsql } from './libsql.ts';
import { nodeSqlite } from './node-sqlite.ts';
import { pg } from './pg.ts';
import { undici } from './undici.ts';

/** Everything that the agent instruments. */
export const libraries: readonly Library[] = [
  httpServer,
  httpClient,
  undici,
  express,
  fastify,
  betterSqlite3,
  libsql,
  nodeSqlite,
  pg,
];

/**
 * Called once, behind `configureTracer` and before the program's first line.
 * @param disabled names of libraries
 * @param folder where dist/inject.cjs and dist/loader.mjs stand
 */
export function startLibraries(disabled: ReadonlySet<string>, folder: string): void {
  const enabled = libraries.filter(({ name }) => !disabled.has(name));
  for (const library of enabled) start(library);
  const injections = enabled.flatMap((library) => library.injections ?? []);
  installModuleHooks(injections, watchersOf(enabled), folder);
}

/** One that cannot start leaves the others alone. */
function start(library: Library): void {
  try {
    library.start();
  } catch (error) {
    log('error', `cannot instrument ${library.name}: ${String(error)}`);
  }
}

function watchersOf(enabled: readonly Library[]): BuiltinWatchers {
  return new Map(enabled.flatMap(({ builtins }) => Object.entries(builtins ?? {})));
}

/** A library as `sightline libraries` and `docs/libraries.md` show it. */
export interface LibraryDescription {
  readonly name: string;
  readonly packages: readonly string[];
  readonly versions: string;
  readonly source: ChannelSource;
  readonly spans: readonly SpanDoc[];
}

export function describeLibraries(): LibraryDescription[] {
  return libraries.map(({ name, packages, versions, source, spans }) => ({ name, packages, versions, source, spans }));
}
