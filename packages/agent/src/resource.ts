/**
 * Who this process is: the resource that all its spans share. Cheap, since it is part of every
 * start: no child process, no network, one or two small files read.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/resource/process/
 */
import { readFileSync, realpathSync } from 'node:fs';
import { arch, hostname, platform } from 'node:os';
import { basename, dirname, extname, join, resolve, sep } from 'node:path';
import type { Config } from './config.ts';
import { workerThreadId } from './thread.ts';
import type { AttributeList } from './tracer/attributes.ts';
import { newTraceId } from './tracer/ids.ts';
import { agentVersion } from './version.ts';

/** The program's package as far as we care. */
interface Package {
  readonly name: string | undefined;
  readonly version: string | undefined;
}

/** What was configured stands above what was found. */
export function detectResource(
  config: Pick<Config, 'serviceName' | 'resourceAttributes'>,
  mainScript: string | undefined,
): AttributeList {
  const found = nearestPackage(mainScript);
  const attributes = new Map<string, string | number>([
    ['service.name', found?.name ?? scriptName(mainScript)],
    ['process.pid', process.pid],
    ['process.executable.path', process.execPath],
    ['process.runtime.name', 'nodejs'],
    ['process.runtime.version', process.versions.node],
    ['host.name', hostname()],
    ['host.arch', hostArch()],
    ['os.type', platform() === 'win32' ? 'windows' : platform()],
    ['telemetry.sdk.name', 'sightline'],
    ['telemetry.sdk.language', 'nodejs'],
    ['telemetry.sdk.version', agentVersion],
  ]);
  if (found?.version !== undefined) attributes.set('service.version', found.version);
  // The script only: the arguments after it may hold secrets.
  if (mainScript !== undefined) attributes.set('process.command', mainScript);
  const threadId = workerThreadId();
  if (threadId !== undefined) attributes.set('thread.id', threadId);
  attributes.set('service.instance.id', newUuid());
  for (const [key, value] of config.resourceAttributes) attributes.set(key, value);
  if (config.serviceName !== undefined) attributes.set('service.name', config.serviceName);
  return [...attributes].flat();
}

/** The script that Node was asked to run; undefined for `node -e`, a REPL, or a script from stdin. */
export function findMainScript(): string | undefined {
  const script = process.argv[1];
  if (script === undefined || script === '-' || process.execArgv.some(isInlineCode)) return undefined;
  return resolve(script);
}

function isInlineCode(argument: string): boolean {
  return (
    argument === '-e' || argument === '--eval' || argument === '-p' || argument === '--print' || argument === '-pe'
  );
}

/**
 * The nearest package.json with a name, upwards from the script; links are followed, as Node does. A script that
 * is installed (`next start`, `jest`) runs what stands in the working directory: its package is the program's.
 */
function nearestPackage(mainScript: string | undefined): Package | undefined {
  const scriptFolder = mainScript === undefined ? undefined : dirname(realPath(mainScript));
  if (scriptFolder === undefined) return packageAbove(process.cwd());
  const isInstalled = scriptFolder.split(sep).includes('node_modules');
  return (isInstalled ? packageAbove(process.cwd()) : undefined) ?? packageAbove(scriptFolder);
}

/** Version 4: random but for two digits. */
function newUuid(): string {
  const [, a, b, c, d, e] = /^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/.exec(newTraceId().hex()) ?? [];
  return `${a}-${b}-4${c}-8${d}-${e}`;
}

function packageAbove(start: string): Package | undefined {
  let folder = start;
  for (;;) {
    const found = readPackage(join(folder, 'package.json'));
    if (found?.name !== undefined) return found;
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // `node app` for app.js: the folder is the same
  }
}

function readPackage(path: string): Package | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    return { name: nonEmpty(name), version: nonEmpty(version) };
  } catch {
    return undefined; // absent or broken: the next folder upwards may have one
  }
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function scriptName(mainScript: string | undefined): string {
  return mainScript === undefined ? 'node' : basename(mainScript, extname(mainScript));
}

/** The names of the semantic conventions. */
function hostArch(): string {
  const names: Record<string, string> = { x64: 'amd64', ia32: 'x86', arm: 'arm32' };
  return names[arch()] ?? arch();
}
