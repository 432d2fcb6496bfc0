/** Runs programs as a user would, with the built agent and without. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageRoot = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

export interface Run {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From the program's line `ending` on stdout, or its start, to its end. */
  readonly endingMs: number;
}

export interface RunOptions {
  readonly node?: string;
  /** Arguments in front of the script. */
  readonly nodeArguments?: readonly string[];
  readonly programArguments?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Called once the program prints `ready` or `ending`. */
  readonly onLine?: (line: string, child: ChildProcess) => void;
}

/** A folder for programs, and an agent built for the test. */
export class Workbench implements Disposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'sightline-agent-'));
  readonly agent: string = join(this.folder, 'agent-dist');

  constructor() {
    execFileSync(process.execPath, [join(packageRoot, 'build.mjs'), this.agent], { stdio: 'pipe' });
    // So that programs find the API as if they had installed it.
    this.write('node_modules/@opentelemetry/api/package.json', '{"main":"index.js"}');
    const api = JSON.stringify(require.resolve('@opentelemetry/api'));
    this.write('node_modules/@opentelemetry/api/index.js', `module.exports = require(${api});`);
  }

  get preload(): string {
    return join(this.agent, 'register.cjs');
  }

  /** @returns the file's path */
  write(name: string, text: string): string {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  run(script: string, options: RunOptions = {}): Promise<Run> {
    const commandLine = [...(options.nodeArguments ?? []), script, ...(options.programArguments ?? [])];
    return runCommand(options.node ?? process.execPath, commandLine, options);
  }

  runTraced(script: string, endpoint: string, options: RunOptions = {}): Promise<Run> {
    return this.run(script, {
      ...options,
      nodeArguments: ['--require', this.preload, ...(options.nodeArguments ?? [])],
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...options.env },
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function runCommand(
  command: string,
  commandLine: readonly string[],
  { env, onLine, cwd }: RunOptions = {},
): Promise<Run> {
  const child = spawn(command, commandLine, { cwd, env: { ...cleanEnvironment(), ...env } });
  let stdout = '';
  let stderr = '';
  let endingAt = performance.now();
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = chunk.toString();
    stdout += lines;
    if (lines.includes('ending')) endingAt = performance.now();
    onLine?.(lines, child);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr, endingMs: performance.now() - endingAt });
    });
  });
}

/** Nothing of the tests' own set-up. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const names = Object.keys(process.env).filter((name) => !/^(OTEL_|NODE_|VITEST|SIGHTLINE_)/.test(name));
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}
