/** What a Python program under `sightline run` keeps: how it is started, how it ends, and what else is in it. */
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeAll, expect, vi } from 'vitest';
import { concurrentTest } from './concurrent-test.ts';
import { installOpenTelemetry, pythonApps, pythonBin, pythonEnv, spansOfTest } from './python-programs.ts';
import { shareBackend } from './shared-backend.ts';
import { freePort, sightline, temporaryDirectory } from './sightline.ts';

const addresses = shareBackend(async () => {});
const client = 3;
vi.setConfig({ testTimeout: 120_000 });

beforeAll(installOpenTelemetry, 180_000);

const path = [pythonBin, process.env.PATH].join(delimiter);
// In a folder with a copy of the program: by its path, where it is not found on the PATH.
const starts: readonly (readonly [name: string, command: readonly string[], service: string])[] = [
  ['python', ['python', 'rows/__main__.py'], 'rows-shop'],
  ['python3 -m', ['python3', '-m', 'rows'], 'rows-shop'],
  ['python -Wd -m', ['python', '-W', 'ignore', '-m', 'rows'], 'rows-shop'],
  ['a script with a shebang', ['./rows.sh'], 'rows-shop'],
  ['poetry run', ['poetry', 'run', 'python', '-m', 'rows'], 'rows-shop'],
];

for (const [name, command, service] of starts) {
  concurrentTest(`${name}: traced, with its own exit code`, async () => {
    const testId = `starts-${name}`.replaceAll(' ', '-');
    const env = { ...pythonEnv(addresses, testId), PATH: path };
    const program = sightline(['run', '--no-up', '--', ...command], { cwd: project(), env });
    expect(await program.ended, program.output).toEqual({ code: 5, signal: null });
    expect(await spansOfTest(addresses.http, testId, 1)).toMatchObject([[{ service, name: 'select' }]]);
  });
}

concurrentTest('uv run: traced in the environment that uv makes, which has no pip', async () => {
  const env = {
    ...pythonEnv(addresses, 'starts-uv'),
    PATH: path,
    UV_PYTHON: join(pythonBin, 'python'),
    UV_PYTHON_DOWNLOADS: 'never',
    SIGHTLINE_PYTHON_CACHE: temporaryDirectory(),
  };
  const program = sightline(['run', '--no-up', '--', 'uv', 'run', '--quiet', '-m', 'rows'], { cwd: project(), env });
  expect(await program.ended, program.output).toEqual({ code: 5, signal: null });
  expect(program.stderr.toString()).toMatch(/^sightline: .*: installing .*\nsightline: installed in \d+ s, in .*\n$/);
  expect(await spansOfTest(addresses.http, 'starts-uv', 1)).toMatchObject([[{ service: 'rows-shop', name: 'select' }]]);
});

const endings = [
  ['an exit code', 'import flask, sys; sys.exit(7)', { code: 7, signal: null }],
  ['os._exit', 'import flask, os; os._exit(3)', { code: 3, signal: null }],
  ['an exception', 'import flask; raise RuntimeError("no")', { code: 1, signal: null }],
  ['a signal', 'import flask, os, signal; os.kill(os.getpid(), signal.SIGTERM)', { code: null, signal: 'SIGTERM' }],
] as const;
for (const [name, code, ending] of endings) {
  concurrentTest(`${name} is the program’s own`, async () => {
    const env = pythonEnv(addresses, 'ending');
    const program = sightline(['run', '--no-up', join(pythonBin, 'python'), '-c', code], { env });
    expect(await program.ended).toEqual(ending);
  });
}

concurrentTest('spans that wait are sent however the program ends', async () => {
  const env = { ...pythonEnv(addresses, 'os-exit'), OTEL_BSP_SCHEDULE_DELAY: '60000' };
  const code = `import os, requests; requests.get("${addresses.http}/healthz"); os._exit(0)`;
  const program = sightline(['run', '--no-up', join(pythonBin, 'python'), '-c', code], { env });
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(await spansOfTest(addresses.http, 'os-exit', 1)).toMatchObject([[{ name: 'GET', kind: client }]]);
});

concurrentTest('each process’s spans come once, under its own pid, however it ends', async () => {
  const env = { ...pythonEnv(addresses, 'forks'), OTEL_BSP_SCHEDULE_DELAY: '60000' };
  const command = [join(pythonBin, 'python'), 'forks.py'];
  const program = sightline(['run', '--no-up', '--', ...command], { cwd: pythonApps, env });
  expect(await program.ended, program.output).toEqual({ code: 0, signal: null });
  const spans = (await spansOfTest(addresses.http, 'forks', 6)).flat();
  expect(spans.map(({ attributes }) => attributes['db.query.text']).sort()).toEqual(
    ['first', 'last', 'os._exit', 'pool', 'pool', 'sys.exit'].map((who) => `select '${who}'`),
  );
  const pids = (whose: RegExp) =>
    new Set(spans.filter(({ attributes }) => whose.test(attributes['db.query.text'] ?? '')).map(({ pid }) => pid));
  expect([pids(/first|last/).size, pids(/exit/).size, new Set(spans.map(({ pid }) => pid)).size]).toEqual([
    1,
    2,
    3 + pids(/pool/).size,
  ]);
});

concurrentTest('a backend that is away costs the program a second at its end, and nothing else', async () => {
  const env = { ...pythonEnv({ otlpHttp: `http://127.0.0.1:${await freePort()}` }, 'away') };
  const code = `import requests; requests.get("${addresses.http}/healthz"); print("done")`;
  const program = sightline(['run', '--no-up', join(pythonBin, 'python'), '-u', '-c', code], { env });
  await program.says(/done\n/, 60_000);
  const done = Date.now();
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(program.output).toBe('done\n');
  expect(Date.now() - done).toBeLessThan(8_000);
});

concurrentTest('without pip’s index the program runs untraced, and one line says why', async () => {
  const env = {
    ...pythonEnv(addresses, 'offline'),
    SIGHTLINE_PYTHON_CACHE: temporaryDirectory(),
    PIP_INDEX_URL: `http://127.0.0.1:${await freePort()}/simple`,
  };
  for (const expected of [
    /installing OpenTelemetry for it \(once/,
    /^sightline: this program runs untraced: .* the package index cannot be reached; .*\n42\n$/,
  ]) {
    const command = [join(pythonBin, 'python'), '-c', 'import flask; print(42)'];
    const program = sightline(['run', '--no-up', ...command], { env });
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.stdout.toString()).toBe('42\n');
    expect(program.stderr.toString() + program.stdout.toString()).toMatch(expected);
  }
});

const tracers = [
  ['import opentelemetry.sdk.trace', "OpenTelemetry's SDK"],
  ['import sentry_sdk', 'Sentry'],
] as const;
for (const [line, name] of tracers) {
  concurrentTest(`a program that traces itself is left alone (${line})`, async () => {
    const home = temporaryDirectory();
    for (const path of ['opentelemetry/sdk', '']) mkdirSync(join(home, path), { recursive: true });
    for (const file of ['opentelemetry/sdk/trace.py', 'sentry_sdk.py']) writeFileSync(join(home, file), '');
    const env = { ...pythonEnv(addresses, 'others'), PYTHONPATH: home };
    const code = `${line}; import requests; requests.get("${addresses.http}/healthz"); print("done")`;
    const program = sightline(['run', '--no-up', join(pythonBin, 'python'), '-c', code], { env });
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.stderr.toString()).toMatch(
      new RegExp(`^sightline: left alone, since ${name} traces this program \\(process \\d+\\)\\n$`),
    );
  });
}

concurrentTest(
  'a program that sets up OpenTelemetry after it has imported what is traced gets its own spans',
  async () => {
    const code = `
import requests
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
kept, provider = InMemorySpanExporter(), TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(kept))
trace.set_tracer_provider(provider)
with trace.get_tracer("mine").start_as_current_span("work"):
    requests.get("${addresses.http}/healthz")
print([span.name for span in kept.get_finished_spans()])`;
    const env = pythonEnv(addresses, 'late-sdk');
    const program = sightline(['run', '--no-up', join(pythonBin, 'python'), '-c', code], { env });
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.stdout.toString()).toBe("['work']\n");
    expect(program.stderr.toString()).toMatch(
      /^sightline: left alone, since OpenTelemetry's SDK traces this program \(process \d+\)\n$/,
    );
  },
);

concurrentTest('the program’s own sitecustomize runs, and ours leaves no trace on the search path', async () => {
  const home = temporaryDirectory();
  writeFileSync(join(home, 'sitecustomize.py'), 'import builtins; builtins.greeting = "hello"');
  const code =
    'import sys; print(greeting, [path for path in sys.path if "dist/python" in path or "sightline_agent" in path])';
  const env = { ...pythonEnv(addresses, 'site'), PYTHONPATH: home };
  const program = sightline(['run', '--no-up', join(pythonBin, 'python'), '-c', code], { env });
  await program.ended;
  expect(program.output).toBe('hello []\n');
});

concurrentTest(
  'what OpenTelemetry imports and does not use is not there, and is itself when the program imports it',
  async () => {
    const code = `
import sqlite3, sys
print("asyncio" in sys.modules)
import asyncio, asyncio.events, logging.config, subprocess
print(asyncio.run(asyncio.sleep(0, 7)), subprocess.run(["true"]).returncode, logging.config.dictConfig({"version": 1}))`;
    const env = pythonEnv(addresses, 'imports');
    const program = sightline(['run', '--no-up', join(pythonBin, 'python'), '-c', code], { env });
    expect(await program.ended, program.output).toEqual({ code: 0, signal: null });
    expect(program.output).toBe('False\n7 0 None\n');
  },
);

concurrentTest('pip is not traced', async () => {
  const env = { ...pythonEnv(addresses, 'pip'), SIGHTLINE_PYTHON_CACHE: temporaryDirectory() };
  const program = sightline(['run', '--no-up', join(pythonBin, 'pip'), '--version'], { env });
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(program.stderr.toString()).toBe('');
});

/** A project with the program, which needs nothing but Python. @returns its folder */
function project(): string {
  const folder = temporaryDirectory();
  cpSync(join(pythonApps, 'rows'), join(folder, 'rows'), { recursive: true });
  const requires = 'requires-python = ">=3.9"\ndependencies = []\n\n[tool.poetry]\npackage-mode = false\n';
  writeFileSync(join(folder, 'pyproject.toml'), `[project]\nname = "rows-shop"\nversion = "1.2.3"\n${requires}`);
  const script = join(folder, 'rows.sh');
  writeFileSync(script, `#!${join(pythonBin, 'python')}\nfrom rows import __main__\n`);
  chmodSync(script, 0o755);
  return folder;
}
