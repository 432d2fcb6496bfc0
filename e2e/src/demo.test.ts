import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { closedPorts, startBackend } from './backend.ts';
import { pythonBin, pythonCache } from './python-programs.ts';
import { sightline, sightlineInTerminal, temporaryDirectory } from './sightline.ts';

const freePorts = { ...closedPorts, SIGHTLINE_HTTP_PORT: '0', SIGHTLINE_OTLP_HTTP_PORT: '0' };
const patienceMs = 60_000;

test('demo --once tells the story of five requests, and leaves nothing behind', { timeout: patienceMs }, async () => {
  const temporary = temporaryDirectory();
  const python = { SIGHTLINE_DEMO_PYTHON: join(pythonBin, 'python'), SIGHTLINE_PYTHON_CACHE: pythonCache };
  const demo = sightline(['demo', '--once'], { env: { ...freePorts, ...python, TMPDIR: temporary } });
  const { code } = await demo.ended;
  const text = demo.stdout.toString();
  expect({ code, stderr: demo.stderr.toString() }, text).toEqual({ code: 0, stderr: '' });
  const [quick = '', cached = '', slow = '', across = '', remembered = ''] = text.split(/^GET /m).slice(1);
  expect(treeOf(quick)).toEqual([
    ['proxy', 'GET /'],
    ['proxy', '  GET'],
    ['fast', '    GET /sayings/:id'],
    ['fast', '      SELECT sayings'],
  ]);
  expect(treeOf(cached)).toEqual([['proxy', 'GET /cache']]);
  expect(treeOf(slow)).toEqual([
    ['proxy', 'GET /'],
    ['proxy', '  GET'],
    ['slow', '    GET /delay/:ms'],
  ]);
  expect(treeOf(across)).toEqual([
    ['proxy', 'GET /'],
    ['proxy', '  GET'],
    ['proxy-python', '    GET /'],
    ['proxy-python', '      GET'],
    ['fast', '        GET /sayings/:id'],
    ['fast', '          SELECT sayings'],
  ]);
  expect(treeOf(remembered)).toEqual([
    ['proxy-python', 'GET /cache'],
    ['proxy-python', '  GET'],
  ]);
  expect(slow).toMatch(/^ {2}slow +GET \/delay\/:ms +3(\.0\d)? s {2}[·━]{32} ◀$/m);
  expect(text).toMatch(/Why is the slow one slow\? GET \/delay\/:ms in slow took 3/);
  expect(text).toMatch(/^See it: http:\/\/127\.0\.0\.1:\d+\/trace\/[0-9a-f]{32}$/m);
  const [, address = ''] = /^Open (http:\S+)/m.exec(text) ?? [];
  await expect(fetch(address)).rejects.toThrow();
  expect(readdirSync(temporary)).toEqual([]);
});

test('a Sightline that is there already is used, and goes on after the demo', { timeout: patienceMs }, async () => {
  const { http, otlpHttp } = await startBackend();
  const env = { SIGHTLINE_HTTP_PORT: new URL(http).port, SIGHTLINE_OTLP_HTTP_PORT: new URL(otlpHttp).port };
  const demo = sightline(['demo', '--once'], { env });
  expect(await demo.ended, demo.output).toMatchObject({ code: 0 });
  expect(demo.output).toContain('it was there already');
  expect((await fetch(`${http}/api/v1/services`)).status).toBe(200);
});

test('without --once it serves until Ctrl-C; with its ports taken, on free ones', { timeout: patienceMs }, async () => {
  const stranger = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await new Promise((resolve) => stranger.once('listening', resolve));
  onTestFinished(() => void stranger.close());
  const { port } = stranger.address() as { port: number };
  const temporary = temporaryDirectory();
  const env = { ...freePorts, SIGHTLINE_HTTP_PORT: String(port), TMPDIR: temporary };
  const demo = sightlineInTerminal(['demo'], { env });
  const [, cacheUrl = ''] = await demo.says(/Try: curl '(\S+)'/, patienceMs);
  expect(demo.output).toContain('another program has its usual ports, so it took free ones');
  expect((await fetch(cacheUrl)).status).toBe(200);
  demo.type('\x03');
  expect(await demo.ended).toMatchObject({ code: 0 });
  await expect(fetch(cacheUrl)).rejects.toThrow();
  expect(readdirSync(temporary)).toEqual([]);
});

/** The lines of a tree as service and indented name, without durations and bars. */
function treeOf(chapter: string): [string, string][] {
  const lines = [...chapter.matchAll(/^ {2}((\S+) +)(\S.*?) +[\d.]+ \S+ {2}[·━]+( ◀)?$/gm)];
  const margin = Math.min(...lines.map(([, before = '']) => before.length));
  return lines.map(([, before = '', service = '', name = '']) => [service, ' '.repeat(before.length - margin) + name]);
}
