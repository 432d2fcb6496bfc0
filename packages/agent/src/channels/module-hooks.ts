/**
 * Sees every module as it is loaded, on each Node by the cheapest way that misses none:
 *
 * - CommonJS, also when imported: `Module.prototype._compile`. It is the only place that all
 *   versions share, and other hooks (tsx) call through it.
 * - ES modules: `module.registerHooks`, where it is safe. It slows every load down a little, so it is
 *   registered when the first ES module is about to be loaded: the `module.import` channel tells of
 *   an entry point or an `import()`, `_compile` of a `require()` of one.
 * - ES modules on an older Node: `module.register`, whose thread costs tens of milliseconds, so
 *   only while a declaration names a file that is an ES module.
 *
 * A hook is registered only for what it is there to see: `resolve` for builtins, `load` for declared files.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { builtin } from '../builtin.ts';
import { guard } from '../guard.ts';
import { log } from '../log.ts';
import type { FindBodies, Injection } from './injection.ts';
import { SourceTransform } from './source-transform.ts';

/** Called once, when the program first loads the builtin and before it sees it. */
export type BuiltinWatchers = Map<string, () => void>;

type Compile = (this: unknown, content: string, path: string, format?: string) => unknown;

interface LoadResult {
  format?: string | null | undefined;
  source?: string | ArrayBuffer | NodeJS.TypedArray | undefined;
}

type Next<R> = (specifier: string, context: unknown) => R;

interface SyncHooks {
  resolve?: (specifier: string, context: unknown, next: Next<unknown>) => unknown;
  load?: (url: string, context: unknown, next: Next<LoadResult>) => LoadResult;
}

/** What `@types/node` 20 does not know yet. */
interface ModuleWithHooks {
  registerHooks?: (hooks: SyncHooks) => unknown;
}

/** Not imported: a default import becomes a copy of the whole object in the bundle, half a millisecond of the start. */
const Module = builtin<typeof import('node:module') & ModuleWithHooks>('node:module');

/** @param folder where inject.cjs and loader.mjs stand */
export function installModuleHooks(injections: readonly Injection[], watchers: BuiltinWatchers, folder: string): void {
  const transform = new SourceTransform(injections, () => loadFindBodies(folder), reportDebug);
  const declaresModules = injections.some(({ format }) => format === 'module');
  const isSafe = hasSafeHooks(process.versions.node);
  const hooks: SyncHooks = {};
  if (isSafe && watchers.size > 0) hooks.resolve = resolveHook(watchers);
  if (isSafe && declaresModules) hooks.load = loadHook(transform);
  hookCompile(transform, registerLazily(hooks));
  if (declaresModules && !isSafe) registerLoader(injections, folder);
  watchRequire(watchers);
}

/** @returns what to call before an ES module is loaded; undefined where there is no need */
function registerLazily(hooks: SyncHooks): (() => void) | undefined {
  const { registerHooks } = Module;
  if (registerHooks === undefined || Object.keys(hooks).length === 0) return undefined;
  let isRegistered = false;
  const register = guard('modules.import', () => {
    if (isRegistered) return;
    isRegistered = true;
    registerHooks(hooks);
    unsubscribe('tracing:module.import:start', register);
  });
  subscribe('tracing:module.import:start', register);
  return register;
}

/** Before these versions, synchronous hooks lose modules or crash in mixed graphs of CommonJS and ES modules. */
export function hasSafeHooks(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (major === 22) return minor > 22 || (minor === 22 && patch >= 3);
  return major > 25 || (major === 25 && minor >= 1) || (major === 24 && minor >= 13);
}

function resolveHook(watchers: BuiltinWatchers): NonNullable<SyncHooks['resolve']> {
  const inspect = guard('modules.resolve', (specifier: string) => notify(watchers, specifier));
  return (specifier, context, next) => {
    inspect(specifier);
    return next(specifier, context);
  };
}

function loadHook(transform: SourceTransform): NonNullable<SyncHooks['load']> {
  const inspect = guard('modules.load', (result: LoadResult, url: string) => injectIntoLoaded(transform, result, url));
  return (url, context, next) => {
    const result = next(url, context);
    return inspect(result, url) ?? result;
  };
}

function hookCompile(transform: SourceTransform, onEsModule: (() => void) | undefined): void {
  const prototype = Module.prototype as unknown as { _compile: Compile };
  const original = prototype._compile;
  const prepare = guard('modules.compile', (content: string, path: string, format: string | undefined) => {
    if (onEsModule !== undefined && mayBeEsModule(content, format)) onEsModule();
    return transform.apply(path, content);
  });
  prototype._compile = function _compile(content, path, format) {
    const injected = prepare(content, path, format);
    return original.call(this, injected ?? content, path, format);
  };
}

/** Without a `type` in package.json, Node looks at the syntax; looking for an import is enough to be ready for it. */
function mayBeEsModule(content: string, format: string | undefined): boolean {
  if (format !== undefined) return format === 'module';
  return content.startsWith('import ') || content.includes('\nimport ');
}

/** @returns undefined where the module stays as it is; CommonJS comes by `_compile` */
function injectIntoLoaded(transform: SourceTransform, result: LoadResult, url: string): LoadResult | undefined {
  const { source } = result;
  if (result.format !== 'module' || source == null || !url.startsWith('file:')) return undefined;
  const injected = transform.apply(fileURLToPath(url), () => toText(source));
  return injected === undefined ? undefined : { ...result, source: injected };
}

function toText(source: string | ArrayBuffer | NodeJS.TypedArray): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source);
}

/** `require` of a builtin passes no load hook before the first ES module; Node publishes it from 22.4. */
function watchRequire(watchers: BuiltinWatchers): void {
  if (watchers.size === 0) return;
  const onRequire = guard('modules.require', (message: unknown) => {
    notify(watchers, (message as { id: string }).id);
    if (watchers.size === 0) unsubscribe('tracing:module.require:start', onRequire);
  });
  subscribe('tracing:module.require:start', onRequire);
  watchGetBuiltinModule(guard('modules.builtin', (id: string) => notify(watchers, id)));
}

/** It neither publishes nor passes a hook. */
function watchGetBuiltinModule(onBuiltin: (id: string) => void): void {
  const holder = process as { getBuiltinModule?: (id: string) => unknown };
  const original = holder.getBuiltinModule;
  if (original === undefined) return;
  holder.getBuiltinModule = function getBuiltinModule(id) {
    onBuiltin(id);
    return original.call(this, id);
  };
}

/** Forgets the watcher before it is called, since that loads the module itself. */
function notify(watchers: BuiltinWatchers, id: string): void {
  const watcher = watchers.get(id);
  if (watcher === undefined) return;
  watchers.delete(id);
  watcher();
}

function registerLoader(injections: readonly Injection[], folder: string): void {
  Module.register(pathToFileURL(join(folder, 'loader.mjs')), { data: { injections, folder } });
}

function loadFindBodies(folder: string): FindBodies {
  return builtin<{ findBodies: FindBodies }>(join(folder, 'inject.cjs')).findBodies;
}

function reportDebug(message: string): void {
  log('debug', message);
}
