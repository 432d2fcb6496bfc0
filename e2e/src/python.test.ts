/** `sightline run` before Python programs, as their users start them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Postgres } from '../../scripts/postgres.mjs';
import { pythonApps, pythonBin, pythonEnv, serve, spansOfTest, startRedis } from './python-programs.ts';
import { shareBackend } from './shared-backend.ts';
import { eventually, freePort, root, sightline, temporaryDirectory } from './sightline.ts';

const addresses = shareBackend(async () => {});
const server = 2;
const client = 3;
const producer = 4;
const consumer = 5;

/** Until it serves: the first Python program also installs OpenTelemetry. */
async function ask(url: string): Promise<string> {
  return eventually(async () => (await fetch(url)).text(), 120_000);
}

test('Flask with requests: each request is a trace, named by its route, with what it asked of others', async () => {
  const { url, program } = await serve(addresses, 'flask', ['python', 'flask_app.py']);
  const upstream = `${addresses.http}/healthz`;
  expect(await ask(`${url}/?url=${upstream}`)).toBe('{"status":"ok"}');
  const [spans] = await spansOfTest(addresses.http, 'flask', 1);
  expect(spans).toMatchObject([
    {
      service: 'flask_app',
      name: 'GET /',
      kind: server,
      parent: '',
      attributes: { 'http.route': '/', 'http.request.method': 'GET', 'http.response.status_code': '200' },
    },
    {
      service: 'flask_app',
      name: 'GET',
      kind: client,
      parent: 'GET /',
      attributes: { 'url.full': upstream, 'http.response.status_code': '200' },
    },
  ]);
  program.child.kill('SIGTERM');
  expect(await program.ended).toEqual({ code: null, signal: 'SIGTERM' });
}, 180_000);

test('an answer from requests-cache shows as one', async () => {
  const { url } = await serve(addresses, 'cache', ['python', 'flask_app.py']);
  await ask(`${url}/cache?url=${addresses.http}/healthz`);
  await ask(`${url}/cache?url=${addresses.http}/healthz`);
  const traces = await spansOfTest(addresses.http, 'cache', 2);
  const calls = traces.map((spans) => spans.filter(({ kind }) => kind === client).map(({ attributes }) => attributes));
  expect(calls).toMatchObject([
    [{ 'http.response.from_cache': 'true', 'http.response.status_code': '200' }],
    [{ 'http.response.status_code': '200' }],
  ]);
  expect(calls[1]?.[0]).not.toHaveProperty('http.response.from_cache');
});

test('gunicorn with two workers: each request once, and the last ones as the workers end', async () => {
  const bind = ['-w', '2', '-b', '127.0.0.1:PORT', 'flask_app:app'];
  const { url, program } = await serve(addresses, 'gunicorn', ['gunicorn', ...bind], {
    OTEL_BSP_SCHEDULE_DELAY: '60000',
  });
  await ask(`${url}/rows/0`);
  await Promise.all([1, 2, 3, 4, 5].map((count) => ask(`${url}/rows/${count}`)));
  program.child.kill('SIGTERM');
  expect(await program.ended).toEqual({ code: 0, signal: null });
  const traces = await spansOfTest(addresses.http, 'gunicorn', 6);
  const seen = traces.map((spans) => spans.map(({ service, name, kind }) => [service, name, kind]));
  expect(seen).toEqual(
    Array.from({ length: 6 }, () => [
      ['flask_app', 'GET /rows/<int:count>', server],
      ['flask_app', 'select', client],
    ]),
  );
});

test('FastAPI under uvicorn', async () => {
  const { url, program } = await serve(addresses, 'fastapi', ['uvicorn', '--port', 'PORT', 'fastapi_app:app']);
  expect(await ask(`${url}/items/7`)).toBe('{"item":7}');
  expect(await spansOfTest(addresses.http, 'fastapi', 1)).toMatchObject([
    [
      {
        service: 'fastapi_app',
        name: 'GET /items/{item}',
        kind: server,
        attributes: { 'http.route': '/items/{item}' },
      },
    ],
  ]);
  program.child.kill('SIGINT');
  expect((await program.ended).code).toBe(0);
});

test.each([
  ['runserver', ['python', 'manage.py', 'runserver', 'PORT', '--noreload']],
  ['wsgi', ['gunicorn', '-b', '127.0.0.1:PORT', 'shop.wsgi']],
])('Django (%s), named as its project', async (name, command) => {
  const { url } = await serve(addresses, `django-${name}`, command);
  expect(await ask(`${url}/hello/you`)).toBe('hello you\n');
  expect(await spansOfTest(addresses.http, `django-${name}`, 1)).toMatchObject([
    [{ service: 'shop', name: 'GET hello/<str:name>', kind: server }],
  ]);
});

test('Celery with Redis: a task goes on in the trace of whoever asked for it', async () => {
  const env = { ...pythonEnv(addresses, 'celery'), BROKER: `redis://127.0.0.1:${await startRedis()}/0` };
  const run = (...command: string[]) =>
    sightline(['run', '--no-up', '--', join(pythonBin, command[0] ?? ''), ...command.slice(1)], {
      cwd: pythonApps,
      env,
    });
  const worker = run('celery', '-A', 'celery_app', 'worker', '--concurrency', '1', '--loglevel', 'INFO');
  await worker.says(/ready\./, 60_000);
  const asker = run('python', 'celery_app.py');
  expect(await asker.ended).toEqual({ code: 0, signal: null });
  expect(asker.output).toBe('5\n');
  const whole = await eventually(async () => {
    const traces = await spansOfTest(addresses.http, 'celery', 1);
    const trace = traces.find((spans) => spans.some(({ name }) => name === 'run/add'));
    if (!trace) throw new Error(`no trace of the task: ${JSON.stringify(traces)}`);
    return trace;
  });
  const tasks = whole.filter(({ name }) => name.endsWith('/add'));
  expect(tasks.map(({ name, kind, parent }) => [name, kind, parent])).toEqual([
    ['apply_async/add', producer, ''],
    ['run/add', consumer, 'apply_async/add'],
  ]);
  worker.child.kill('SIGTERM');
  expect((await worker.ended).code).toBe(0);
}, 60_000);

test('PostgreSQL with Psycopg', async () => {
  const postgres = await Postgres.start();
  onTestFinished(() => postgres.stop());
  const code = `
import psycopg
with psycopg.connect("${postgres.url}") as connection:
    print(connection.execute("select 20 + %s", (1,)).fetchone()[0])`;
  const env = pythonEnv(addresses, 'psycopg');
  const program = sightline(['run', '--no-up', '--', join(pythonBin, 'python'), '-c', code], { env });
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(program.output).toBe('21\n');
  const traces = await spansOfTest(addresses.http, 'psycopg', 1);
  expect(traces.flat()).toMatchObject([
    { name: 'select', kind: client, attributes: { 'db.system.name': 'postgresql', 'db.query.text': 'select 20 + %s' } },
  ]);
});

test('doctor tells of a Python program what it tells of Node’s', async () => {
  const env = pythonEnv(addresses, 'doctor');
  const code = `import requests; requests.get("${addresses.http}/healthz")`;
  const program = sightline(['doctor', '--no-up', '--', join(pythonBin, 'python'), '-c', code], { env });
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(program.output).toMatch(/traced: 1 process/);
  expect(program.output).toMatch(/sightline report: python \(process \d+, Python 3\.\d+\.\d+, /);
  expect(program.output).toMatch(/Requests +2\.\d+\.\d+ +1 +1\n/);
  expect(program.output).toMatch(/spans +1 made, 1 sent\n/);
});

test('one trace goes from Node through Python to Node', async () => {
  const env = { ...pythonEnv(addresses, 'across'), PORT: '0' };
  const node = async (name: string): Promise<string> => {
    const program = sightline(['run', '--no-up', 'node', join(root, 'examples', name, 'server.js')], { env });
    return (await program.says(/http:\/\/\S+/))[0];
  };
  const [proxy, fast] = await Promise.all([node('proxy'), node('fast')]);
  const { url: flask } = await serve(addresses, 'across', ['flask', '--app', 'flask_app', 'run', '--port', 'PORT']);
  await eventually(() => fetch(`${flask}/rows/1`), 60_000);
  const inner = `${flask}/?url=${encodeURIComponent(`${fast}/sayings/2`)}`;
  expect((await fetch(`${proxy}/?url=${encodeURIComponent(inner)}`)).status).toBe(200);
  const across = await eventually(async () => {
    const traces = await spansOfTest(addresses.http, 'across', 2);
    const whole = traces.find((spans) => new Set(spans.map(({ service }) => service)).size === 3);
    if (!whole) throw new Error(`no trace of three services: ${JSON.stringify(traces)}`);
    return whole;
  });
  expect(across.filter(({ kind }) => kind === server).map(({ service, name }) => [service, name])).toEqual([
    ['proxy', 'GET /'],
    ['flask_app', 'GET /'],
    ['fast', 'GET /sayings/:id'],
  ]);
});

test.each([
  ['an exit code', 'import flask, sys; sys.exit(7)', { code: 7, signal: null }],
  ['os._exit', 'import flask, os; os._exit(3)', { code: 3, signal: null }],
  ['an exception', 'import flask; raise RuntimeError("no")', { code: 1, signal: null }],
  ['a signal', 'import flask, os, signal; os.kill(os.getpid(), signal.SIGTERM)', { code: null, signal: 'SIGTERM' }],
])('%s is the program’s own', async (_, code, ending) => {
  const env = pythonEnv(addresses, 'ending');
  const program = sightline(['run', '--no-up', join(pythonBin, 'python'), '-c', code], { env });
  expect(await program.ended).toEqual(ending);
});

test('spans that wait are sent however the program ends', async () => {
  const env = { ...pythonEnv(addresses, 'os-exit'), OTEL_BSP_SCHEDULE_DELAY: '60000' };
  const code = `import os, requests; requests.get("${addresses.http}/healthz"); os._exit(0)`;
  const program = sightline(['run', '--no-up', join(pythonBin, 'python'), '-c', code], { env });
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(await spansOfTest(addresses.http, 'os-exit', 1)).toMatchObject([[{ name: 'GET', kind: client }]]);
});

test('a backend that is away costs the program a second at its end, and nothing else', async () => {
  const env = { ...pythonEnv({ otlpHttp: `http://127.0.0.1:${await freePort()}` }, 'away') };
  const code = `import requests; requests.get("${addresses.http}/healthz"); print("done")`;
  const started = Date.now();
  const program = sightline(['run', '--no-up', join(pythonBin, 'python'), '-c', code], { env });
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(program.output).toBe('done\n');
  expect(Date.now() - started).toBeLessThan(8_000);
});

test('without pip’s index the program runs untraced, and one line says why', async () => {
  const env = {
    ...pythonEnv(addresses, 'offline'),
    SIGHTLINE_PYTHON_CACHE: temporaryDirectory(),
    PIP_NO_INDEX: '1',
  };
  for (const expected of [
    /installing OpenTelemetry for it \(once/,
    /^sightline: this program runs untraced: .*\n42\n$/,
  ]) {
    const command = [join(pythonBin, 'python'), '-c', 'import flask; print(42)'];
    const program = sightline(['run', '--no-up', ...command], { env });
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.stdout.toString()).toBe('42\n');
    expect(program.stderr.toString() + program.stdout.toString()).toMatch(expected);
  }
});

test.each([
  ['import opentelemetry.sdk.trace', "OpenTelemetry's SDK"],
  ['import sentry_sdk', 'Sentry'],
])('a program that traces itself is left alone (%s)', async (line, name) => {
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

test('a program that sets up OpenTelemetry after it has imported what is traced gets its own spans', async () => {
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
});

test('the program’s own sitecustomize runs, and ours leaves no trace on the search path', async () => {
  const home = temporaryDirectory();
  writeFileSync(join(home, 'sitecustomize.py'), 'import builtins; builtins.greeting = "hello"');
  const code =
    'import sys; print(greeting, [path for path in sys.path if "dist/python" in path or "sightline_agent" in path])';
  const env = { ...pythonEnv(addresses, 'site'), PYTHONPATH: home };
  const program = sightline(['run', '--no-up', join(pythonBin, 'python'), '-c', code], { env });
  await program.ended;
  expect(program.output).toBe('hello []\n');
});

test('pip is not traced', async () => {
  const env = { ...pythonEnv(addresses, 'pip'), SIGHTLINE_PYTHON_CACHE: temporaryDirectory() };
  const program = sightline(['run', '--no-up', join(pythonBin, 'pip'), '--version'], { env });
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(program.stderr.toString()).toBe('');
});
