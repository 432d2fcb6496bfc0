import { expect, test } from 'vitest';
import { readOutcome } from './outcome.ts';

function answer(status: number, headers: Record<string, string> = {}, body: Uint8Array = Buffer.alloc(0)) {
  return { status, headers: new Map(Object.entries(headers)), body: Buffer.from(body), keepsAlive: true };
}

test.each([429, 502, 503, 504])('status %i is tried again', (status) => {
  expect(readOutcome(answer(status))).toMatchObject({ kind: 'retry', afterMs: undefined });
});

test.each([301, 400, 401, 404, 413, 500, 501])('status %i is final', (status) => {
  expect(readOutcome(answer(status)).kind).toBe('refused');
});

test('Retry-After is read as seconds and as a date, a minute at most', () => {
  expect(readOutcome(answer(503, { 'retry-after': '2' }))).toMatchObject({ afterMs: 2_000 });
  expect(readOutcome(answer(503, { 'retry-after': '9999' }))).toMatchObject({ afterMs: 60_000 });
  const date = new Date(Date.now() + 10_000).toUTCString();
  const outcome = readOutcome(answer(503, { 'retry-after': date })) as { afterMs: number };
  expect(outcome.afterMs).toBeGreaterThan(8_000);
  expect(outcome.afterMs).toBeLessThanOrEqual(10_000);
  expect(readOutcome(answer(503, { 'retry-after': 'soon' }))).toMatchObject({ afterMs: undefined });
});

const protobuf = { 'content-type': 'application/x-protobuf' };

test('a partial success tells how many spans were rejected, and why', () => {
  const body = Buffer.from([0x0a, 0x08, 0x08, 0xac, 0x02, 0x12, 0x03, ...Buffer.from('why')]);
  expect(readOutcome(answer(200, protobuf, body))).toEqual({ kind: 'accepted', rejectedSpans: 300, message: 'why' });
});

test.each([
  ['empty', []],
  ['cut off', [0x0a]],
  ['of another type', [0x0d, 1, 2, 3, 4]],
])('a body that is %s rejects nothing', (_, bytes) => {
  expect(readOutcome(answer(200, protobuf, Buffer.from(bytes)))).toMatchObject({ kind: 'accepted', rejectedSpans: 0 });
});
