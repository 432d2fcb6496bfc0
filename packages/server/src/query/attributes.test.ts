import type { KeyValue, TracesData } from '@sightline/wire';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findAttributeKeys, findAttributeValues } from './attributes.ts';
import { search } from './search.ts';
import { parseSearch } from './search-query.ts';
import { openStoreFixture, type StoreFixture } from './store.fixture.ts';

const range = { startUnixNano: 0n, endUnixNano: 1000n };
const values: KeyValue['value'][] = [
  { stringValue: 'text' },
  { stringValue: 'text' },
  { stringValue: '' },
  { intValue: '-5' },
  { intValue: '0' },
  { doubleValue: 0.1 },
  { doubleValue: 5 },
  { doubleValue: 1e300 },
  { doubleValue: 'NaN' },
  { doubleValue: '-Infinity' },
  { boolValue: true },
  { boolValue: false },
  { bytesValue: 'AAAA' },
];

let fixture: StoreFixture;
beforeAll(async () => {
  fixture = await openStoreFixture();
  await fixture.insert(spansWith(values));
});
afterAll(() => fixture.remove());

/** A trace of one span for each value of `key`. */
function spansWith(all: KeyValue['value'][]): TracesData {
  const spans = all.map((value, index) => ({
    traceId: (index + 1).toString(16).padStart(32, '0'),
    spanId: '00000000000000aa',
    name: 'work',
    startTimeUnixNano: '10',
    endTimeUnixNano: '20',
    attributes: [{ key: 'key', value }],
  }));
  const attributes = [{ key: 'key', value: { stringValue: 'of the resource' } }];
  return { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans }] }] };
}

test('every value that a search can look for is listed, and a search for it finds as many spans', async () => {
  const listed = await findAttributeValues(fixture.store, { key: 'key', scope: 'span', range, limit: 100 });
  expect(listed.map(({ value, type }) => `${type} ${value}`).sort()).toEqual([
    'bool false',
    'bool true',
    'double -Infinity',
    'double 0.1',
    'double 1e300',
    'double 5',
    'double NaN',
    'int -5',
    'int 0',
    'string ',
    'string text',
  ]);
  expect(listed[0]).toEqual({ value: 'text', type: 'string', spanCount: 2 });
  for (const { value, spanCount } of listed) {
    const found = await search(
      fixture.store,
      parseSearch({ attribute: [`span.key=${value}`], start: '0', end: '1000', limit: 100 }),
    );
    expect([value, found.traces.length]).toEqual([value, spanCount]);
  }
});

test("without a scope, the resource's values are listed too", async () => {
  const listed = await findAttributeValues(fixture.store, { key: 'key', range, limit: 1 });
  expect(listed).toEqual([{ value: 'of the resource', type: 'string', spanCount: 13 }]);
});

test('values outside the time range or of another service are not listed', async () => {
  const later = { startUnixNano: 11n, endUnixNano: 1000n };
  expect(await findAttributeValues(fixture.store, { key: 'key', range: later, limit: 9 })).toEqual([]);
  expect(await findAttributeValues(fixture.store, { key: 'key', service: 'x', range, limit: 9 })).toEqual([]);
});

test('a key is listed once for each type that it has had, and only on days when it came in', async () => {
  const keys = await findAttributeKeys(fixture.store, { scope: 'span', limit: 100 });
  expect(keys).toEqual([
    { scope: 'span', key: 'key', type: 'double', spanCount: 5 },
    { scope: 'span', key: 'key', type: 'string', spanCount: 3 },
    { scope: 'span', key: 'key', type: 'bool', spanCount: 2 },
    { scope: 'span', key: 'key', type: 'int', spanCount: 2 },
    { scope: 'span', key: 'key', type: 'other', spanCount: 1 },
  ]);
  expect(await findAttributeKeys(fixture.store, { range: { endUnixNano: 1n }, limit: 100 })).toEqual([]);
});
