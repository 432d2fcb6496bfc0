/** What is traced under `sightline run`, and where the traces go. */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { closedPorts, tracesOfTest } from './backend.ts';
import { shareBackend } from './shared-backend.ts';
import { eventually, freePort, type Started, sightline, sightlineInTerminal, temporaryDirectory } from './sightline.ts';

const backend = shareBackend(async () => {});

/** Serves itself one request, and ends: a trace of a client span and a server span. */
const selfServing = `
  import { createServer } from 'node:http';
  const server = createServer((request, response) => setTimeout(() => response.end('ok'), 20));
  server.listen(0, '127.0.0.1', async () => {
    await (await fetch('http://127.0.0.1:' + server.address().port + '/hello')).text();
    server.close();
    server.closeAllConnections();
  });
`;

test('npm start: the program is traced', async () => {
  const shop = programDirectory('shop', { scripts: { start: 'node program.mjs' } });
  const program = sightline(['run', 'npm', 'start'], { cwd: shop, env: tracedEnv(backend.otlpHttp, 'npm-start') });
  expect(await program.ended).toEqual({ code: 0, signal: null });
  const traces = await tracesOfTest(backend.http, 'npm-start', 1);
  expect(traces.map(({ services }) => services)).toEqual([[{ name: 'shop', spanCount: 2, errorCount: 0 }]]);
});

test('npm itself is not', async () => {
  const asked: IncomingHttpHeaders[] = [];
  const registry = createServer((request, response) => {
    asked.push(request.headers);
    response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => registry.once('listening', resolve));
  onTestFinished(() => void registry.close());
  const { port } = registry.address() as { port: number };
  const command = ['npm', 'view', 'left-pad', '--registry', `http://127.0.0.1:${port}/`, '--fetch-retries=0'];
  const program = sightline(['run', '--no-up', ...command], {
    env: { npm_config_cache: temporaryDirectory(), npm_config_update_notifier: 'false' },
  });
  await program.ended;
  expect(asked.length).toBeGreaterThan(0);
  for (const headers of asked) expect(headers).not.toHaveProperty('traceparent');
});

test('every program that a shell script starts is traced', async () => {
  const [one, two] = [programDirectory('one'), programDirectory('two')];
  const script = join(one, 'start.sh');
  writeFileSync(script, `#!/bin/sh\nset -e\nnode ${one}/program.mjs\nnode ${two}/program.mjs &\nwait\n`);
  chmodSync(script, 0o755);
  const program = sightline(['run', script], { env: tracedEnv(backend.otlpHttp, 'script') });
  expect(await program.ended).toEqual({ code: 0, signal: null });
  const traces = await tracesOfTest(backend.http, 'script', 2);
  expect(traces.map(({ rootServiceName, spanCount }) => [rootServiceName, spanCount]).sort()).toEqual([
    ['one', 2],
    ['two', 2],
  ]);
});

test('a program that forks others: each is traced, once', async () => {
  const directory = programDirectory('forker');
  writeFileSync(
    join(directory, 'parent.mjs'),
    `import { fork } from 'node:child_process';
     for (let index = 0; index < 3; index++) fork(new URL('program.mjs', import.meta.url));`,
  );
  const program = sightline(['run', 'node', join(directory, 'parent.mjs')], {
    env: tracedEnv(backend.otlpHttp, 'fork'),
  });
  expect(await program.ended).toEqual({ code: 0, signal: null });
  const traces = await tracesOfTest(backend.http, 'fork', 3);
  expect(traces.map(({ spanCount }) => spanCount)).toEqual([2, 2, 2]);
});

test('on a terminal, two lines at the end tell how many, which was slowest and where to see it', async () => {
  const file = join(programDirectory('shop'), 'program.mjs');
  const env = { SIGHTLINE_DATA: backend.dataDir, OTEL_RESOURCE_ATTRIBUTES: 'test.id=summary' };
  // Where the backend takes too long to tell, the prompt comes back without it.
  const program = await eventually(async () => {
    const traced = sightlineInTerminal(['run', 'node', file], { env });
    expect(await traced.ended).toMatchObject({ code: 0 });
    expect(traced.output).not.toBe('');
    return traced;
  });
  const [trace] = await tracesOfTest(backend.http, 'summary', 1);
  const lines = program.output.split('\r\n');
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(
    /^sightline: 1 request traced\. The slowest: GET in shop, [\d.]+ ms\. .*GET.* in shop took /,
  );
  expect(lines[1]).toBe(`           ${backend.http}/trace/${trace?.traceId}`);
  expect(backend.otlpHttp).not.toBe(backend.http);
});

test('without a request there is nothing to tell, and no waiting for it', async () => {
  const command = ['run', 'node', '-e', '0'];
  const options = { env: { SIGHTLINE_DATA: backend.dataDir } };
  const timesMs: { inPipe: number; inTerminal: number }[] = [];
  // Whatever the machine is busy with now and then does not hold up all of three; a wait would.
  for (let round = 0; round < 3; round++) {
    const inPipe = await timeToEnd(sightline(command, options));
    const program = sightlineInTerminal(command, options);
    timesMs.push({ inPipe, inTerminal: await timeToEnd(program) });
    expect(program.output).toBe('');
  }
  const leastMs = (where: 'inPipe' | 'inTerminal'): number => Math.min(...timesMs.map((times) => times[where]));
  expect(leastMs('inTerminal') - leastMs('inPipe')).toBeLessThan(1_000);
});

async function timeToEnd({ ended }: Started): Promise<number> {
  const startMs = performance.now();
  expect(await ended).toMatchObject({ code: 0 });
  return performance.now() - startMs;
}

test('the first runs start the backend once, and later ones share it', async () => {
  const background = await backgroundOptions();
  const directory = programDirectory('shop');
  const run = (): Started => sightline(['run', 'node', join(directory, 'program.mjs')], background);
  const both = [run(), run()];
  for (const program of both) expect(await program.ended).toEqual({ code: 0, signal: null });
  const http = `http://127.0.0.1:${background.env.SIGHTLINE_HTTP_PORT}`;
  // Both were done before the backend served, and nothing of them is lost.
  await tracesOfTest(http, 'background', 2);
  const later = run();
  expect(await later.ended).toEqual({ code: 0, signal: null });
  await tracesOfTest(http, 'background', 3);
  expect([...both, later].map((program) => program.output).join('')).toBe(
    `sightline: started the backend in the background, traces at ${http} (to stop it: sightline down)\n`,
  );
  const down = sightline(['down'], background);
  await down.ended;
  expect(down.output).toMatch(/^sightline: stopped \(process \d+\)\n$/);
  await expect(fetch(http)).rejects.toThrow();
});

test('--no-up starts nothing', async () => {
  const background = await backgroundOptions();
  const program = sightline(['run', '--no-up', 'node', join(programDirectory('shop'), 'program.mjs')], background);
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(program.output).toBe('');
  expect(existsSync(join(background.env.SIGHTLINE_DATA, 'up.log'))).toBe(false);
});

test('for a command that does not exist nothing is started either', async () => {
  const background = await backgroundOptions();
  const program = sightline(['run', 'no-such-command'], background);
  expect(await program.ended).toEqual({ code: 127, signal: null });
  expect(program.output).toBe('sightline: no-such-command: command not found\n');
  expect(existsSync(join(background.env.SIGHTLINE_DATA, 'up.log'))).toBe(false);
});

test('a configured endpoint is the user’s: nothing is started', async () => {
  const background = await backgroundOptions();
  const env = { ...background.env, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}` };
  const program = sightline(['run', 'node', join(programDirectory('shop'), 'program.mjs')], { env });
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(program.output).toBe('');
  expect(existsSync(join(background.env.SIGHTLINE_DATA, 'up.log'))).toBe(false);
});

test('another collector at the usual port gets the spans, without a word', async () => {
  const background = await backgroundOptions();
  const posts: (string | undefined)[] = [];
  const collector = createServer((request, response) => {
    posts.push(request.url);
    request.resume().on('end', () => response.end());
  }).listen(Number(background.env.SIGHTLINE_OTLP_HTTP_PORT), '127.0.0.1');
  await new Promise((resolve) => collector.once('listening', resolve));
  onTestFinished(() => {
    collector.close();
    collector.closeAllConnections();
  });
  const program = sightline(['run', 'node', join(programDirectory('shop'), 'program.mjs')], background);
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(program.output).toBe('');
  expect(posts).toContain('/v1/traces');
});

test('a backend that cannot start is reported in one line, and the program runs', async () => {
  const background = await backgroundOptions();
  const stranger = createServer().listen(Number(background.env.SIGHTLINE_HTTP_PORT), '127.0.0.1');
  await new Promise((resolve) => stranger.once('listening', resolve));
  onTestFinished(() => void stranger.close());
  const program = sightline(['run', 'sh', '-c', 'read line; echo done'], background);
  await program.says(/the backend ended: Port \d+ on \S+ is in use/);
  program.type('\n');
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(program.stdout.toString()).toBe('done\n');
  expect(program.stderr.toString().trim().split('\n')).toHaveLength(2);
});

function tracedEnv(otlpHttp: string, testId: string): NodeJS.ProcessEnv {
  return { OTEL_EXPORTER_OTLP_ENDPOINT: otlpHttp, OTEL_RESOURCE_ATTRIBUTES: `test.id=${testId}` };
}

/** A place for a backend in the background, which is stopped after the test. */
async function backgroundOptions(): Promise<{
  env: Record<
    'SIGHTLINE_DATA' | 'SIGHTLINE_HTTP_PORT' | 'SIGHTLINE_OTLP_HTTP_PORT' | 'OTEL_RESOURCE_ATTRIBUTES',
    string
  >;
}> {
  const env = {
    SIGHTLINE_DATA: temporaryDirectory(),
    ...closedPorts,
    SIGHTLINE_HTTP_PORT: String(await freePort()),
    SIGHTLINE_OTLP_HTTP_PORT: String(await freePort()),
    OTEL_RESOURCE_ATTRIBUTES: 'test.id=background',
  };
  onTestFinished(async () => {
    await sightline(['down'], { env }).ended;
  });
  return { env };
}

function programDirectory(name: string, manifest: object = {}): string {
  const directory = join(temporaryDirectory(), name);
  mkdirSync(directory);
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ name, ...manifest }));
  writeFileSync(join(directory, 'program.mjs'), selfServing);
  return directory;
}
