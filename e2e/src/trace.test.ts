import { expect, test } from 'vitest';
import { failedTrace, largeTrace, slowTrace, store } from './sample-spans.ts';
import { shareBackend } from './shared-backend.ts';
import { sightline, sightlineInTerminal } from './sightline.ts';

const slow = slowTrace();
const failed = failedTrace();
const large = largeTrace(1200);

const addresses = shareBackend(async ({ http, otlpHttp }) => {
  await store({ http, otlpHttp }, slow, failed, large);
});

async function trace(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const started = sightline(['trace', '--from', addresses.http, ...args]);
  const { code } = await started.ended;
  return { code, stdout: started.stdout.toString(), stderr: started.stderr.toString() };
}

test('a trace is shown as a tree, by the beginning of its id, with what made it slow', async () => {
  const { code, stdout } = await trace('7f3a');
  expect(code).toBe(0);
  const lines = stdout.split('\n');
  expect(lines[0]).toBe(`proxy: GET /  ${slow.traceId}`);
  expect(lines[1]).toMatch(/^3\.02 s · 3 spans · 2 services · \d{4}-\d\d-\d\dT/);
  const bar = '━'.repeat(40);
  expect(lines.slice(3, 6)).toEqual([
    `proxy  GET /                3.02 s  ${bar}`,
    `proxy    GET                3.01 s  ${bar}`,
    `slow       GET /delay/:ms      3 s  ${bar} ◀`,
  ]);
  expect(stdout).toContain('GET /delay/:ms in slow took 3 s of 3.02 s (99 %) by itself');
  expect(stdout).toContain(`${addresses.http}/trace/${slow.traceId}`);
});

test('details tell what the library knew, and what was thrown', async () => {
  const { stdout } = await trace(failed.traceId, '--details');
  expect(stdout).toContain('1 error');
  expect(stdout).toMatch(/POST \/checkout ✗/);
  expect(stdout).toContain('    status out of stock\n');
  expect(stdout).toContain('    db.system.name postgresql\n');
  expect(stdout).toContain('    event after 120 ms exception\n      exception.type OutOfStock\n');
});

test('JSON is what the API answers', async () => {
  const { stdout } = await trace(slow.traceId, '--json');
  expect(JSON.parse(stdout)).toEqual(await (await fetch(`${addresses.http}/api/v1/traces/${slow.traceId}`)).json());
});

test('of a large trace the first thousand spans are shown, unless all are asked for', async () => {
  expect((await trace(large.traceId)).stdout).toContain('… and 200 more spans: --all');
  expect((await trace(large.traceId, '--all')).stdout).toContain('step 1199');
});

test('a terminal shows colours', async () => {
  const terminal = sightlineInTerminal(['trace', '--from', addresses.http, failed.traceId]);
  expect((await terminal.ended).code).toBe(0);
  expect(terminal.output).toContain('\u001b[31mPOST /checkout ✗\u001b[0m');
});

test('what is not there, not an id, or not answering is told, each with a way on', async () => {
  expect(await trace('dddddddd')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('sightline: No span of trace dddddddd is stored'),
  });
  expect(await trace('shop')).toMatchObject({ code: 2, stderr: expect.stringContaining('32 hex digits') });
  const nobody = sightline(['trace', '--from', 'http://127.0.0.1:9', '7f3a']);
  expect((await nobody.ended).code).toBe(1);
  expect(nobody.output).toMatch(/no backend answers at http:\/\/127\.0\.0\.1:9: .*Start one with "sightline up"/);
});
