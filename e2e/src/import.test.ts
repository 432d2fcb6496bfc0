/** `sightline import`: what it makes of broken files, large ones, and backends that are busy or away. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { fakeOtlp } from './fake-otlp.ts';
import { freePort, type Started, sightline, sightlineInTerminal, temporaryDirectory } from './sightline.ts';

const ok = (response: { end(): void }): void => response.end();

/** A request's worth of spans, as a line of a file. */
function line(first: number, spanCount: number, attributeBytes = 10): string {
  const spans = Array.from({ length: spanCount }, (_, n) => ({
    traceId: String(first + n).padStart(32, 'a'),
    spanId: String(first + n).padStart(16, 'b'),
    name: 'GET',
    startTimeUnixNano: '1790000000000000000',
    endTimeUnixNano: '1790000000000000009',
    attributes: [{ key: 'text', value: { stringValue: 'x'.repeat(attributeBytes) } }],
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'files' } }] };
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] });
}

function file(content: string | Uint8Array): string {
  const path = join(temporaryDirectory(), 'spans');
  writeFileSync(path, content);
  return path;
}

async function end({ ended }: Started): Promise<number | null> {
  return (await ended).code;
}

test('a broken line costs itself only, and is named', async () => {
  const backend = await fakeOtlp(ok);
  const good = line(100, 2);
  const path = file(
    [
      good,
      good.slice(0, 90),
      line(102, 1),
      'no JSON at all',
      line(103, 1),
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":7}]}]}]}',
      '{"resourceMetrics":[]}',
      line(104, 1).replace('"x', '"\u0001x'),
      line(105, 3).replace(`${'b'.repeat(13)}106`, '0'.repeat(16)),
      line(108, 1).slice(0, -3),
    ].join('\n'),
  );
  const started = sightline(['import', '--to', backend.address, path]);
  expect(await end(started)).toBe(6);
  const problems = started.stderr.toString().match(/:\d+ \(byte \d+\): .*/g);
  expect(problems?.map((text) => text.replace(/ \(byte \d+\)/, ''))).toEqual([
    ':2: the line ends in the middle',
    ':4: no object begins here',
    ':6: resourceSpans[0].scopeSpans[0].spans[0].name: 7, where a string belongs',
    ':7: there is no list "resourceSpans" in it',
    ':8: a string has a byte that it may not have',
    expect.stringMatching(/^:9: 1 span refused: .*spans\[1\]/),
    ':10: the text ends in the middle',
  ]);
  expect(started.stderr.toString()).toContain('imported 6 spans of 1 file');
});

test.each([
  ['empty', '', 'none of the formats that are known'],
  ['prose', 'It was a dark and stormy night.', 'none of the formats that are known'],
  ['gzip.cut', gzipSync(line(1, 50)).subarray(0, 100), 'it ends in the middle of its gzip data'],
  [
    'gzip.damaged',
    Buffer.concat([gzipSync(line(1, 5)).subarray(0, 30), Buffer.alloc(99, 7)]),
    'its gzip data is damaged',
  ],
  ['jaeger.cut', '{"data":[{"traceID":"1","spans":[{"trac', 'the text ends in the middle'],
  ['zipkin.broken', '[{"traceId":"1","id":"2","timestamp":"soon"}]', 'a number of microseconds belongs'],
  ['proto.cut', Buffer.from([0x0a, 0x7f, 0x0a]), 'the file ends in the middle of a message'],
])('a file that is %s does not stop the others', async (_, content, problem) => {
  const backend = await fakeOtlp(ok);
  const broken = file(content);
  const started = sightline(['import', '--to', backend.address, broken, '/no/such/file', file(line(1, 3))]);
  expect(await end(started)).toBe(6);
  const said = started.stderr.toString();
  expect(said).toContain(broken);
  expect(said).toContain(problem);
  expect(said).toContain('/no/such/file: there is no such file');
  expect(said).toMatch(/imported 3 spans of 3 files/);
});

test('of a file of 200 MB, little is in memory at once', async () => {
  const backend = await fakeOtlp(ok);
  const path = file('');
  for (let n = 0; n < 100; n++) appendFileSync(path, `${line(n * 100, 50, 40_000)}\n`);
  const started = sightline(['import', '--to', backend.address, path]);
  const peak = watchMemory(started);
  expect(await end(started), started.output).toBe(0);
  expect(started.output).toContain('imported 5,000 spans');
  expect(peak()).toBeGreaterThan(40e6);
  expect(peak()).toBeLessThan(300e6);
  expect(Math.max(...backend.requestBytes)).toBeLessThan(8e6);
}, 90_000);

/** @returns the most that it has been seen to hold, in bytes */
function watchMemory({ child }: Started): () => number {
  let peakBytes = 0;
  const look = (): void => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peakBytes = Math.max(peakBytes, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1_024);
    } catch {
      clearInterval(timer);
    }
  };
  const timer = setInterval(look, 20);
  child.once('exit', () => clearInterval(timer));
  return () => peakBytes;
}

test('a terminal shows how far it is, and at the end only what came of it', async () => {
  const backend = await fakeOtlp((response) => setTimeout(() => response.end(), 100));
  const path = file(Array.from({ length: 20 }, (_, n) => line(n * 4_000, 4_000)).join('\n'));
  const started = sightlineInTerminal(['import', '--to', backend.address, path]);
  await started.says(/importing \S+ {2}[█░]{14} +\d+ % {2}[\d.]+ MB of 1?\d+(\.\d)? MB/);
  expect(await end(started)).toBe(0);
  const lastWords = started.output.split('\u001b[K').at(-1);
  expect(lastWords).toMatch(/^sightline: imported 80,000 spans of 1 file in [\d.]+ s\r\n$/);
  const quiet = sightlineInTerminal(['import', '--quiet', '--to', backend.address, path]);
  expect(await end(quiet)).toBe(0);
  expect(quiet.output).toBe('');
}, 60_000);

test('a backend that is busy is waited for, as long as it says', async () => {
  const at: number[] = [];
  const backend = await fakeOtlp((response, count) => {
    at.push(performance.now());
    if (count === 1) response.writeHead(503, { 'retry-after': '1' }).end();
    else if (count === 2) response.destroy();
    else response.end();
  });
  const started = sightline(['import', '--to', `${backend.address}/v1/traces`, '--auth-token', 'x', file(line(1, 3))]);
  expect(await end(started), started.output).toBe(0);
  expect(started.output).toContain('imported 3 spans of 1 file');
  expect(at).toHaveLength(3);
  expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(950);
});

test('Ctrl-C ends it, and it says what has been sent', async () => {
  const backend = await fakeOtlp((response, count) => {
    if (count > 1) response.writeHead(503, { 'retry-after': '60' });
    response.end();
  });
  const path = file(Array.from({ length: 9 }, (_, n) => line(n * 4_000, 4_000)).join('\n'));
  const started = sightline(['import', '--to', backend.address, path]);
  await expect.poll(() => backend.requestBytes.length).toBeGreaterThan(3);
  started.child.kill('SIGINT');
  expect(await end(started)).toBe(1);
  expect(started.output).toContain('interrupted; imported 4,000 spans of 1 file');
});

test('what the backend refuses is counted, with its reason', async () => {
  const backend = await fakeOtlp((response) => response.writeHead(413).end('too much for us'));
  const started = sightline(['import', '--to', backend.address, file(line(1, 3))]);
  expect(await end(started)).toBe(6);
  expect(started.output).toContain('3 spans refused: status 413: too much for us');
  expect(started.output).toContain('imported 0 spans of 1 file');
});

test.each([
  [
    'away',
    async () => `http://127.0.0.1:${await freePort()}`,
    /No backend takes spans at \S+: .*ECONNREFUSED.*sightline up/,
  ],
  [
    'wanting a token',
    async () => (await fakeOtlp((response) => response.writeHead(401).end())).address,
    /answered with status 401.*--auth-token/,
  ],
])('a backend that is %s ends it at once', async (_, address, text) => {
  const started = sightline(['import', '--to', await address(), file(line(1, 3))]);
  expect(await end(started)).toBe(1);
  expect(started.stderr.toString()).toMatch(text);
});
