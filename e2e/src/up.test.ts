import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { closedPorts, freePorts, startBackend } from './backend.ts';
import { sightline, sightlineInTerminal, temporaryDirectory } from './sightline.ts';

test.each(['SIGTERM', 'SIGINT'] as const)(
  'says where it is and what to try, and stops cleanly on %s',
  async (signal) => {
    const backend = await startBackend();
    const { process: up, addresses, http, dataDir } = backend;
    await up.says(/Stop with Ctrl-C/);
    expect(up.stdout.toString()).toBe(`Sightline is up.

  pages and HTTP API        ${addresses.http}
  Jaeger queries over gRPC  ${addresses.grpc}
  OTLP over HTTP            ${addresses.otlpHttp}
  OTLP over gRPC            ${addresses.otlpGrpc}
  Jaeger over UDP, compact  ${addresses.jaegerCompact}
  Jaeger over UDP, binary   ${addresses.jaegerBinary}
  Jaeger over HTTP          ${addresses.jaegerHttp}
  Jaeger over gRPC          ${addresses.jaegerGrpc}
  Zipkin                    ${addresses.zipkin}
  sampling strategies       ${addresses.sampling}
  sampling strategies, gRPC ${addresses.samplingGrpc}
  data                      ${dataDir}

Trace a program:  sightline run node server.js
Stop with Ctrl-C.
`);
    expect((await fetch(`${http}/api/v1/status`)).status).toBe(200);
    up.child.kill(signal);
    expect(await up.ended).toEqual({ code: 0, signal: null });
    expect(up.stderr.toString()).toBe('');
    await expect(fetch(http)).rejects.toThrow();
  },
);

test('Ctrl-C in a terminal stops it cleanly', async () => {
  const up = sightlineInTerminal(['up', '--data', temporaryDirectory(), ...freePorts]);
  await up.says(/Stop with Ctrl-C/);
  up.type('\x03');
  expect(await up.ended).toMatchObject({ code: 0 });
});

test('a second one on the same data directory says who holds it', async () => {
  const { dataDir, process: first } = await startBackend();
  const second = sightline(['up', '--data', dataDir, ...freePorts]);
  expect(await second.ended).toEqual({ code: 4, signal: null });
  expect(second.output).toContain(`process ${first.child.pid}`);
  expect(second.output.trim().split('\n')).toHaveLength(1);
});

test.each(['--http-port', '--otlp-http-port', '--otlp-grpc-port', '--zipkin-port', '--grpc-port'])(
  'a port in use: the line names %s and the way out',
  async (flag) => {
    const taken = await takenPort();
    const up = sightline(['up', '--data', temporaryDirectory(), ...freePorts, flag, String(taken)]);
    expect(await up.ended).toEqual({ code: 3, signal: null });
    expect(up.output).toMatch(new RegExp(`^sightline: Port ${taken} .* is in use .* ${flag}.*\n$`));
  },
);

test('a data directory that cannot be one', async () => {
  const file = join(temporaryDirectory(), 'file');
  writeFileSync(file, '');
  const up = sightline(['up', '--data', join(file, 'data'), ...freePorts]);
  expect(await up.ended).toEqual({ code: 5, signal: null });
  expect(up.output).toMatch(/^sightline: .*\bdata\b.*--data.*\n$/);
});

test.each([
  [['--http-port', '70000'], {}, "option '--http-port <port>' argument '70000' is invalid."],
  [['--retention', 'week'], {}, "option '--retention <age>' argument 'week' is invalid."],
  [
    [],
    { SIGHTLINE_MAX_DISK: 'lots' },
    "option '--max-disk <size>' value 'lots' from env 'SIGHTLINE_MAX_DISK' is invalid.",
  ],
  [['--htp-port', '1'], {}, "unknown option '--htp-port'\n(Did you mean --http-port?)"],
  [['--log-level', 'loud'], {}, "option '--log-level <level>' argument 'loud' is invalid."],
] as const)('up %j %j is refused with the value at fault', async (args, env, message) => {
  const up = sightline(['up', ...args], { env });
  expect(await up.ended).toEqual({ code: 2, signal: null });
  expect(up.output).toContain(`sightline: ${message}`);
});

test('other machines are let in only with a token', async () => {
  const up = sightline(['up', '--data', temporaryDirectory(), ...freePorts, '--host', '0.0.0.0']);
  expect(await up.ended).toEqual({ code: 2, signal: null });
  expect(up.output).toMatch(/--auth-token/);
});

test('down stops it, and says so when there is nothing to stop', async () => {
  const { dataDir, process: up } = await startBackend();
  await up.says(/Stop with/);
  const first = sightline(['down', '--data', dataDir]);
  expect(await first.ended).toEqual({ code: 0, signal: null });
  expect(first.output).toBe(`sightline: stopped (process ${up.child.pid})\n`);
  expect(await up.ended).toEqual({ code: 0, signal: null });
  const second = sightline(['down', '--data', dataDir]);
  expect(await second.ended).toEqual({ code: 0, signal: null });
  expect(second.output).toBe(`sightline: nothing to stop, no backend runs on ${dataDir}\n`);
});

test('after a crash, down does not touch the stranger who has its process number now', async () => {
  const dataDir = temporaryDirectory();
  mkdirSync(dataDir, { recursive: true });
  const stranger = sightline(['run', '--no-up', 'sleep', '60']);
  const addresses = { http: 'http://127.0.0.1:1', otlpHttp: 'http://127.0.0.1:1' };
  writeFileSync(join(dataDir, 'up.json'), JSON.stringify({ pid: stranger.child.pid, addresses }));
  const down = sightline(['down'], { env: { SIGHTLINE_DATA: dataDir } });
  expect(await down.ended).toEqual({ code: 0, signal: null });
  expect(down.output).toContain('nothing to stop');
  expect(stranger.child.exitCode).toBeNull();
});

test('every option has its variable', async () => {
  const dataDir = join(temporaryDirectory(), 'made', 'by', 'up');
  const readyFile = `${dataDir}.ready`;
  const env = {
    SIGHTLINE_DATA: dataDir,
    ...closedPorts,
    SIGHTLINE_HTTP_PORT: '0',
    SIGHTLINE_OTLP_HTTP_PORT: '0',
    SIGHTLINE_READY_FILE: readyFile,
    SIGHTLINE_RETENTION: '36h',
    SIGHTLINE_MAX_DISK: '5GB',
    SIGHTLINE_SPOOL_MAX: '500MB',
    SIGHTLINE_LOG_LEVEL: '',
  };
  const up = sightline(['up'], { env });
  await up.says(/Stop with/);
  expect(existsSync(dataDir)).toBe(true);
  const { http } = JSON.parse(readFileSync(readyFile, 'utf8'));
  const status = await (await fetch(`${http}/api/v1/status`)).json();
  expect(status.retention).toEqual({ maxAgeSeconds: 129_600, maxDiskBytes: 5e9 });
  expect(status.spool).toMatchObject({ state: 'ok', maxBytes: 5e8 });
});

test('a receiver is off where asked, or where another program has its usual port', async () => {
  const stranger = createServer().listen(9_411, '127.0.0.1');
  onTestFinished(() => void stranger.close());
  const env = { ...closedPorts, SIGHTLINE_ZIPKIN_PORT: '', SIGHTLINE_OTLP_GRPC_PORT: '0' };
  const up = sightline(['up', '--data', temporaryDirectory(), '--http-port', '0', '--otlp-http-port', '0'], { env });
  await up.says(/Stop with/);
  expect(up.stdout.toString()).toMatch(/OTLP over HTTP .*\n {2}OTLP over gRPC .*\n {2}data /);
  expect(up.stderr.toString()).toContain('Port 9411 on 127.0.0.1 is in use by another program.');
});

async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as { port: number }).port;
}
