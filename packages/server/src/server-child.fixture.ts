/**
 * For tests: the real server as a process of its own, which can be killed. Node 20 cannot run TypeScript, so the
 * sources are bundled once per test file into a folder beside dist/, where they find the package's dependencies.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import type { ServerOptions } from './main.ts';

const packageDir: string = fileURLToPath(new URL('..', import.meta.url));

/** @returns the program's path, with those of its threads beside it; remove it with `removeServer` */
export function buildServer(): Promise<string> {
  return bundle(program, ['intake-thread', 'encoder-thread']);
}

/** A module by itself, to load beside the server or in a test. @param path below `src`, as an import has it. @returns as `buildServer` */
export function buildFixture(path: string, threads: readonly string[] = []): Promise<string> {
  return bundle(`export * from '${path}';`, threads);
}

async function bundle(contents: string, threads: readonly string[]): Promise<string> {
  const outdir = `${packageDir}dist-test-${randomUUID()}`;
  const common: BuildOptions = {
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    conditions: ['@sightline/source'],
    alias: { '@sightline/wire': fileURLToPath(new URL('../../wire/src/index.ts', import.meta.url)) },
    logLevel: 'silent',
  };
  await build({ ...common, stdin: { contents, resolveDir: `${packageDir}src`, loader: 'ts' } });
  const entryPoints = threads.map((name) => `${packageDir}src/threads/${name}.ts`);
  if (threads.length > 0) await build({ ...common, entryPoints, outExtension: {} });
  for (const module of ['encode/spans.wasm', 'query/span-json.wasm']) {
    await copyFile(`${packageDir}src/${module}`, join(outdir, basename(module)));
  }
  return `${outdir}/stdin.mjs`;
}

const program = `
import { startServer } from './main.ts';
try {
  const server = await startServer(JSON.parse(process.argv[2]));
  process.once('SIGTERM', async () => {
    await server.stop();
    process.exit(0);
  });
  process.stdout.write(JSON.stringify(server.addresses) + '\\n');
} catch (error) {
  process.stdout.write(JSON.stringify({ code: error.code, message: error.message }) + '\\n');
  process.exit(1);
}
`;

export async function removeServer(path: string): Promise<void> {
  await rm(dirname(path), { recursive: true, force: true });
}

export interface ServerChild {
  process: ChildProcess;
  /** The addresses, or the error that kept it from starting. */
  said: Record<string, string>;
  /** The exit code, or the signal's name. */
  exited: Promise<number | string>;
  /** Resolves with the exit code, or the signal's name. */
  kill(signal: NodeJS.Signals): Promise<number | string>;
}

export async function startChild(
  path: string,
  options: Partial<ServerOptions> & { dataDir: string },
  { nodeArgs = [], env = {} }: { nodeArgs?: string[]; env?: NodeJS.ProcessEnv } = {},
): Promise<ServerChild> {
  const all: ServerOptions = {
    host: '127.0.0.1',
    httpPort: 0,
    ports: { otlpHttp: 0 },
    retention: 7 * 86_400_000,
    maxDiskBytes: 1e9,
    logLevel: 'warn',
    ...options,
  };
  const child = spawn(process.execPath, [...nodeArgs, path, JSON.stringify(all)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const exited = endOf(child);
  const line = await firstLine(child);
  return {
    process: child,
    said: JSON.parse(line || '{"code":"exited"}') as Record<string, string>,
    exited,
    kill(signal) {
      child.kill(signal);
      return exited;
    },
  };
}

async function endOf(child: ChildProcess): Promise<number | string> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal ?? code ?? -1;
}

async function firstLine(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (text.includes('\n')) return text.slice(0, text.indexOf('\n'));
  }
  return text;
}
