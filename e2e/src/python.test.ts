/** `sightline run` before Python programs, as their users start them. */
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { Postgres } from '../../scripts/postgres.mjs';
import { concurrentTest } from './concurrent-test.ts';
import {
  installOpenTelemetry,
  pythonApps,
  pythonBin,
  pythonEnv,
  type SeenSpan,
  serve,
  spansOfTest,
} from './python-programs.ts';
import { startMariadb, startRabbitmq, startRedis } from './servers.ts';
import { shareBackend } from './shared-backend.ts';
import { eventually, root, sightline } from './sightline.ts';

const addresses = shareBackend(async () => {});
const kinds = ['', 'internal', 'server', 'client', 'producer', 'consumer'];
const server = 2;
const client = 3;
const producer = 4;
const consumer = 5;

// They wait for each other's share of the processor, and for that of two more files.
vi.setConfig({ testTimeout: 120_000 });

let postgres: Postgres;
beforeAll(async () => {
  [postgres] = await Promise.all([Postgres.start(), installOpenTelemetry()]);
}, 180_000);
afterAll(() => postgres?.stop());

/** Until it serves. */
async function ask(url: string): Promise<string> {
  return eventually(async () => (await fetch(url)).text(), 60_000);
}

concurrentTest(
  'Flask with requests: each request is a trace, named by its route, with what it asked of others',
  async () => {
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
  },
);

concurrentTest('an answer from requests-cache shows as one', async () => {
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

concurrentTest('gunicorn with two workers: each request once, and the last ones as the workers end', async () => {
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

concurrentTest('FastAPI under uvicorn', async () => {
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

const djangos = [
  // Two processes: one watches the files, and starts the other, which serves.
  ['runserver', ['python', 'manage.py', 'runserver', 'PORT'], { code: 0, signal: null }],
  ['django-admin', ['django-admin', 'runserver', 'PORT', '--noreload'], { code: null, signal: 'SIGTERM' }],
  ['wsgi', ['gunicorn', '-b', '127.0.0.1:PORT', 'shop.wsgi'], { code: 0, signal: null }],
] as const;
for (const [name, command, ending] of djangos) {
  concurrentTest(`Django (${name}), named as its project`, async () => {
    const env = name === 'django-admin' ? { DJANGO_SETTINGS_MODULE: 'shop.settings', PYTHONPATH: pythonApps } : {};
    const { url, program } = await serve(addresses, `django-${name}`, command, env);
    expect(await ask(`${url}/hello/you`)).toBe('hello you\n');
    expect(await spansOfTest(addresses.http, `django-${name}`, 1)).toMatchObject([
      [{ service: 'shop', name: 'GET hello/<str:name>', kind: server }],
    ]);
    program.child.kill('SIGTERM');
    expect(await program.ended).toEqual(ending);
  });
}

concurrentTest('Celery with Redis: a task goes on in the trace of whoever asked for it', async () => {
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
});

concurrentTest('doctor tells of a Python program what it tells of Node’s', async () => {
  const env = pythonEnv(addresses, 'doctor');
  const code = `import requests; requests.get("${addresses.http}/healthz")`;
  const program = sightline(['doctor', '--no-up', '--', join(pythonBin, 'python'), '-c', code], { env });
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(program.output).toMatch(/traced: 1 process/);
  expect(program.output).toMatch(/sightline report: python \(process \d+, Python 3\.\d+\.\d+, /);
  expect(program.output).toMatch(/Requests +2\.\d+\.\d+ +1 +1\n/);
  expect(program.output).toMatch(/spans +1 made, 1 sent\n/);
});

concurrentTest('one trace goes from Node through Python to Node', async () => {
  const env = { ...pythonEnv(addresses, 'across'), PORT: '0' };
  const node = async (name: string): Promise<string> => {
    const program = sightline(['run', '--no-up', 'node', join(root, 'examples', name, 'server.js')], { env });
    return (await program.says(/http:\/\/\S+/, 60_000))[0];
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

/** Runs functions of many_libraries.py. @returns of each trace its spans, as `kind name < parent` and `attributes` */
async function spansOf(
  names: readonly string[],
  traces: number,
  attributes: readonly string[],
  ports: NodeJS.ProcessEnv = {},
): Promise<string[][]> {
  const testId = `libraries-${names.join('-')}`;
  const env = { ...pythonEnv(addresses, testId), PGURL: postgres.url, UPSTREAM: `${addresses.http}/healthz`, ...ports };
  const command = [join(pythonBin, 'python'), 'many_libraries.py', ...names];
  const program = sightline(['run', '--no-up', '--', ...command], { cwd: pythonApps, env });
  expect(await program.ended, program.output).toEqual({ code: 0, signal: null });
  const spans = await spansOfTest(addresses.http, testId, traces);
  return spans.reverse().map((trace) => trace.map((span) => line(span, attributes)));
}

function line({ kind, name, parent, attributes }: SeenSpan, wanted: readonly string[]): string {
  const said = wanted.flatMap((key) => attributes[key] ?? []);
  return [kinds[kind], name, ...(parent ? ['<', parent] : []), ...(said.length > 0 ? ['|', ...said] : [])].join(' ');
}

concurrentTest('HTTPX, urllib3 and aiohttp ask, and aiohttp answers', async () => {
  const asked = `client GET | ${addresses.http}/healthz 200`;
  const spans = await spansOf(['http_clients', 'aiohttp_both'], 4, ['url.full', 'http.response.status_code']);
  expect(spans.slice(0, 3)).toEqual([[asked], [asked], [asked]]);
  expect(spans.slice(3)).toEqual([
    [
      expect.stringMatching(/^client GET \| http:\/\/127.0.0.1:\d+\/items\/7 200$/),
      'server GET /items/{item} < GET | 200',
    ],
  ]);
});

concurrentTest('PostgreSQL by psycopg2, asyncpg, and Psycopg 3 under SQLAlchemy: a query is one span', async () => {
  const spans = await spansOf(['postgres'], 4, ['db.system.name', 'db.query.text']);
  expect(spans).toEqual([
    ['client select | postgresql select 1 + %s'],
    ['client select | postgresql select 2 + $1::int'],
    [
      'client connect | postgresql',
      'client select < connect | postgresql select pg_catalog.version()',
      'client select < connect | postgresql select current_schema()',
      'client show < connect | postgresql show transaction isolation level',
      'client show < connect | postgresql show standard_conforming_strings',
    ],
    ['client select | postgresql select 3 + 1'],
  ]);
});

concurrentTest('gRPC, from the client to the server', async () => {
  expect(await spansOf(['grpc_both'], 1, ['rpc.service', 'rpc.method'])).toEqual([
    [
      'client /shop.Greeter/Hello | shop.Greeter Hello',
      'server /shop.Greeter/Hello < /shop.Greeter/Hello | shop.Greeter Hello',
    ],
  ]);
});

concurrentTest('AWS: calls, and messages of SQS', async () => {
  const traces = await spansOf(['aws'], 8, ['rpc.service', 'messaging.system']);
  const asked = traces.map((spans) => spans.filter((span) => !span.startsWith('server')));
  expect(asked.filter((spans) => spans.length > 0)).toEqual([
    ['client S3.ListBuckets | S3'],
    ['client SQS.CreateQueue | SQS'],
    ['producer orders send | aws.sqs', 'client SQS.SendMessage < orders send | SQS aws.sqs'],
    ['consumer orders receive | aws.sqs', 'client SQS.ReceiveMessage < orders receive | SQS aws.sqs'],
  ]);
});

// Their servers take long to install and to start.
if (process.env.SIGHTLINE_E2E === 'long') {
  concurrentTest('MariaDB by PyMySQL', async () => {
    const ports = { MARIADB_PORT: String(await startMariadb()) };
    expect(await spansOf(['mariadb'], 1, ['db.system.name', 'db.query.text'], ports)).toEqual([
      ['client select | mysql select 4 + %s'],
    ]);
  });

  concurrentTest(
    'RabbitMQ by pika: what is published is one span, and what is consumed goes on in its trace',
    async () => {
      const ports = { RABBITMQ_PORT: String(await startRabbitmq()) };
      expect(await spansOf(['rabbitmq'], 1, ['messaging.system'], ports)).toEqual([
        ['producer orders send | rabbitmq', 'consumer orders receive < orders send | rabbitmq'],
      ]);
    },
  );

  const pythons = ['3.9', '3.10', '3.11', '3.12', '3.13', '3.14'].map((version) => `python${version}`);
  for (const python of pythons.filter((name) => spawnSync(name, ['-c', 'import pip']).status === 0)) {
    concurrentTest(
      `${python}, which is installed here`,
      async () => {
        const env = pythonEnv(addresses, python);
        const program = sightline(['run', '--no-up', python, '-m', 'rows'], { cwd: pythonApps, env });
        expect(await program.ended, program.output).toEqual({ code: 5, signal: null });
        expect(await spansOfTest(addresses.http, python, 1)).toMatchObject([[{ service: 'rows', name: 'select' }]]);
      },
      300_000,
    );
  }
}

concurrentTest(
  'those whose servers are not here are instrumented; one in a version that is too new is not',
  async () => {
    const code = `
import kafka, pika, pymongo, pymysql, sys
sys.path.insert(0, sys.argv[1])
import MySQLdb`;
    const env = { ...pythonEnv(addresses, 'absent'), SIGHTLINE_REPORT: '1' };
    const folder = join(pythonApps, 'too-new');
    const program = sightline(['run', '--no-up', join(pythonBin, 'python'), '-c', code, folder], { env });
    expect(await program.ended, program.output).toEqual({ code: 0, signal: null });
    expect(program.stderr.toString()).toMatch(
      /libraries: .*kafka-python \(0\), pika \(0\), PyMongo \(0\), PyMySQL \(0\)\n/,
    );
    expect(program.stderr.toString()).toMatch(
      /! mysqlclient is not traced: mysqlclient < 3 is wanted, and it is mysqlclient 3\.0\.1\n/,
    );
  },
);

concurrentTest('the agent’s bytes are those of OpenTelemetry’s exporter', async () => {
  const encoding = promisify(execFile)(join(pythonBin, 'python'), ['encoding.py'], {
    cwd: pythonApps,
    env: { ...process.env, ...pythonEnv(addresses, 'encoding'), PYTHONPATH: join(root, 'packages/python') },
  });
  expect((await encoding).stdout).toBe('equal\n');
});
