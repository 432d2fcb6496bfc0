import type { TracesData } from '@sightline/wire';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findTraceId } from './find-trace-id.ts';
import { openStoreFixture, type StoreFixture } from './store.fixture.ts';

const long = '0af7651916cd43dd8448eb211c80319c';
const twin = '0af7651916cd43dd8448eb211c80319d';
const short = '0000000000000000a3ce929d0e0e4736';
const alike = 'a3ce929d0e0e47360000000000000001';
const many = Array.from({ length: 7 }, (_, n) => `beef${String(n).padStart(28, '0')}`);

let fixture: StoreFixture;
beforeAll(async () => {
  fixture = await openStoreFixture();
  for (const traceId of [long, twin, short, alike, ...many]) await fixture.insert(traceOf(traceId));
});
afterAll(() => fixture.remove());

function find(text: string): Promise<string> {
  return findTraceId(fixture.store, text);
}

test('a whole id is taken as it is, stored or not', async () => {
  expect(await find(long)).toBe(long);
  expect(await find(long.toUpperCase())).toBe(long);
  expect(await find('f'.repeat(32))).toBe('f'.repeat(32));
});

test('a beginning finds the one trace that begins so', async () => {
  expect(await find(`${long.slice(0, 31)}d`)).toBe(twin);
  expect(await find('beef0000000000000000000000000000')).toBe(many[0]);
  expect(await find(`${many[3]}`.slice(0, 32))).toBe(many[3]);
});

test('a beginning of several traces names them', async () => {
  await expect(find('0AF7')).rejects.toMatchObject({
    code: 'ambiguous-trace-id',
    message: `Several traces begin with 0af7: ${long}, ${twin}. Give more digits.`,
  });
  await expect(find('beef')).rejects.toThrow(`${many[4]}, and more. Give more digits.`);
});

test('a 64-bit id in full is that trace, whatever else begins with it; a beginning of it finds both', async () => {
  expect(await find('a3ce929d0e0e4736')).toBe(short);
  await expect(find('a3ce929d')).rejects.toThrow(`${alike}, ${short}`);
});

test('a beginning that nothing has stands for a 64-bit id, which is then not found', async () => {
  expect(await find('1234567890abcdef')).toBe('00000000000000001234567890abcdef');
  expect(await find('dddd')).toBe(`${'0'.repeat(28)}dddd`);
});

test.each(['', 'abc', 'xyzw', 'g'.repeat(32), '0'.repeat(33), '0af7 '])('%j is not a trace id', async (text) => {
  await expect(find(text)).rejects.toMatchObject({ code: 'invalid-trace-id', field: 'traceId' });
});

function traceOf(traceId: string): TracesData {
  const time = '1790000000000000000';
  const span = { traceId, spanId: '00000000000000a1', name: 'work', startTimeUnixNano: time, endTimeUnixNano: time };
  return { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] };
}
