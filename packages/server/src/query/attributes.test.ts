import type { AttributeValuesResponse, KeyValue, SearchParameters, TracesData } from '@sightline/wire';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { findAttributeValues } from './attribute-values.ts';
import { attributePlaces, findAttributeKeys, findMatchedKeys } from './attributes.ts';
import { search } from './search.ts';
import { parseSearch } from './search-query.ts';
import { openStoreFixture, type StoreFixture } from './store.fixture.ts';
import { readField } from './traceql/read-field.ts';

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
  await fixture.insert(toldSpan);
});
afterAll(() => fixture.remove());

const seen: KeyValue['value'][] = [
  { stringValue: 'here' },
  { intValue: '7' },
  { doubleValue: 2.5 },
  { doubleValue: 'NaN' },
  { boolValue: false },
  { arrayValue: { values: [{ stringValue: 'no' }] } },
];

/** A span without attributes, but with an event for each value of `seen`, a link, and an instrumentation that says something. */
const toldSpan: TracesData = {
  resourceSpans: [
    {
      scopeSpans: [
        {
          scope: { name: 'lib', attributes: [{ key: 'build', value: { intValue: '9' } }] },
          spans: [
            {
              traceId: 'f'.repeat(32),
              spanId: '00000000000000bb',
              name: 'told',
              startTimeUnixNano: '10',
              endTimeUnixNano: '20',
              events: seen.map((value) => ({
                timeUnixNano: '12',
                name: 'happened',
                attributes: [{ key: 'seen', value }],
              })),
              links: [
                {
                  traceId: '1'.padStart(32, '0'),
                  spanId: 'aa'.padStart(16, '0'),
                  attributes: [{ key: 'why', value: { stringValue: 'retry' } }],
                },
              ],
            },
          ],
        },
      ],
    },
  ],
};

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

/** As the API asks. */
async function valuesOf(
  field: string,
  asked: SearchParameters = {},
  prefix?: string,
): Promise<AttributeValuesResponse> {
  const query = parseSearch({ start: '0', end: '1000', ...asked });
  return findAttributeValues(fixture.store, query, { field: readField(field), limit: 100, ...(prefix && { prefix }) });
}

test('every value that a search can look for is listed, and a search for it finds as many spans', async () => {
  const { values: listed, sample } = await valuesOf('span.key');
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
  expect(sample).toEqual({ spanCount: 12, startUnixNano: '0' });
});

test("without a scope, the resource's values are listed too", async () => {
  expect((await valuesOf('.key')).values[0]).toEqual({ value: 'of the resource', type: 'string', spanCount: 13 });
});

test('values outside the time range or of another service are not listed', async () => {
  expect((await valuesOf('.key', { start: '11' })).values).toEqual([]);
  expect((await valuesOf('.key', { service: 'x' })).values).toEqual([]);
});

test.each<[string, SearchParameters, string[]]>([
  ['span.key', { attribute: ['span.key=text'] }, ['text']],
  ['span.key', { q: '{ span.key > 0 }' }, ['0.1', '1e300', '5']],
  ['span.key', { q: '{ span.key = true } | count() > 0' }, ['true']],
  ['name', { q: '{ span.key = true }' }, ['work']],
  ['status', {}, ['unset']],
  ['rootName', { q: '{ span.key = true }' }, ['work']],
  ['event.seen', {}, ['2.5', 'NaN', 'false', 'here', '7'].sort()],
  ['event.seen', { q: '{ span.key = "text" }' }, []],
  ['link.why', {}, ['retry']],
  ['instrumentation.build', {}, ['9']],
  ['event:name', {}, ['happened']],
  ['instrumentation:name', {}, ['', 'lib']],
])('values of %s of the spans that match %j', async (field, asked, expected) => {
  expect((await valuesOf(field, asked)).values.map(({ value }) => value).sort()).toEqual(expected);
});

test('values are narrowed by how they begin, in upper or lower case', async () => {
  expect((await valuesOf('span.key', {}, 'TE')).values).toEqual([{ value: 'text', type: 'string', spanCount: 2 }]);
  expect((await valuesOf('event.seen', {}, 'h')).values).toEqual([{ value: 'here', type: 'string', spanCount: 1 }]);
});

test('keys of the spans that a query matches are listed with where they stand', async () => {
  const query = parseSearch({ start: '0', end: '1000', q: '{ name = "told" }' });
  const { attributes, sample } = await findMatchedKeys(fixture.store, query, { places: attributePlaces, limit: 100 });
  expect(attributes.map(({ scope, key, type, spanCount }) => `${scope} ${key} ${type} ${spanCount}`).sort()).toEqual([
    'event seen bool 1',
    'event seen double 1',
    'event seen int 1',
    'event seen other 1',
    'event seen string 1',
    'instrumentation build int 1',
    'link why string 1',
  ]);
  expect(sample).toEqual({ spanCount: 1, startUnixNano: '0' });
});

test('without conditions keys of spans are those counted, and those of events a sample', async () => {
  const query = parseSearch({ start: '0', end: '1000' });
  const { attributes } = await findMatchedKeys(
    fixture.store,
    query,
    { places: attributePlaces, prefix: 'SEE', limit: 2 },
    {},
  );
  expect(attributes).toEqual([
    { scope: 'event', key: 'seen', type: 'bool', spanCount: 1 },
    { scope: 'event', key: 'seen', type: 'double', spanCount: 1 },
  ]);
});

test('a key is listed once for each type that it has had, and only on days when it came in', async () => {
  const keys = await findAttributeKeys(fixture.store, { scopes: ['span'], limit: 100 });
  expect(keys).toEqual([
    { scope: 'span', key: 'key', type: 'double', spanCount: 5 },
    { scope: 'span', key: 'key', type: 'string', spanCount: 3 },
    { scope: 'span', key: 'key', type: 'bool', spanCount: 2 },
    { scope: 'span', key: 'key', type: 'int', spanCount: 2 },
    { scope: 'span', key: 'key', type: 'other', spanCount: 1 },
  ]);
  expect(await findAttributeKeys(fixture.store, { range: { endUnixNano: 1n }, limit: 100 })).toEqual([]);
});

test('a key that is typed letter by letter is asked for once', async () => {
  const query = parseSearch({ start: '0', service: 'typed-by-somebody' });
  const asked = vi.spyOn(fixture.store, 'query');
  for (const prefix of ['', 'h', 'HT', 'htt']) {
    await findMatchedKeys(fixture.store, query, { prefix, places: ['span', 'resource'], limit: 10 });
  }
  expect(asked).toHaveBeenCalledTimes(1);
  asked.mockRestore();
});
