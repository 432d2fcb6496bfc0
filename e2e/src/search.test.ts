import { expect, test } from 'vitest';
import { failedTrace, slowTrace, store } from './sample-spans.ts';
import { shareBackend } from './shared-backend.ts';
import { sightline } from './sightline.ts';

const slow = slowTrace();
const failed = failedTrace();

const addresses = shareBackend(({ http, otlpHttp }) => store({ http, otlpHttp }, slow));

async function search(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const started = sightline(['search', '--from', addresses.http, ...args]);
  const { code } = await started.ended;
  return { code, stdout: started.stdout.toString(), stderr: started.stderr.toString() };
}

test('a query finds traces, with the spans that match below each', async () => {
  const { code, stdout, stderr } = await search('{ name = "GET /delay/:ms" && duration > 1s }');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(
    new RegExp(
      `^${slow.traceId}  \\d{4}-\\d\\d-\\d\\dT\\S+    3\\.02 s  proxy: GET /  3 spans\n    slow: GET /delay/:ms  3 s\n$`,
    ),
  );
});

test('JSON is a line for each trace', async () => {
  const { stdout } = await search('--json');
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).traceId),
  ).toEqual([slow.traceId]);
});

test('where nothing matches, that is told, and is no failure', async () => {
  expect(await search('{ duration > 1h }')).toEqual({
    code: 0,
    stdout: '',
    stderr: 'sightline: no trace matches; --since 24h looks further back\n',
  });
});

test('a query that is wrong is shown where it is wrong', async () => {
  const { code, stderr } = await search('{ durration > 1s }');
  expect(code).toBe(2);
  expect(stderr).toMatch(/^sightline: .*durration.*\n {2}\{ durration > 1s \}\n {4}\^+\n$/s);
});

test('--follow tells of new matches as they come, once each', async () => {
  const following = sightline(['search', '--from', addresses.http, '--follow', '{ true }', '--json']);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await store(addresses, failed);
  await following.says(new RegExp(failed.traceId));
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  following.child.kill('SIGINT');
  expect(await following.ended).toEqual({ code: 1, signal: null });
  expect(
    following.stdout
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).traceId),
  ).toEqual([failed.traceId]);
});
