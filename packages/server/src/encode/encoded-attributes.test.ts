import { type KeyValue, writeTraces } from '@sightline/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Column } from '../decode/columns.ts';
import type { Block } from '../decode/native-blocks.ts';
import { readBlock } from './read-block.fixture.ts';
import { SpanEncoder } from './span-encoder.ts';

const value = fc.oneof(
  fc.string({ maxLength: 200 }).map((stringValue) => ({ stringValue })),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map((int) => ({ intValue: String(int) })),
  fc.double().map((doubleValue) => ({ doubleValue })),
  fc.boolean().map((boolValue) => ({ boolValue })),
);
/** Of few keys, so that lists begin alike, and have a key twice. */
const key = fc.oneof(fc.constantFrom('a', 'ab', 'http.route', 'http.routes', 'é'), fc.string({ maxLength: 150 }));
const attributes = fc.array(fc.record<KeyValue>({ key, value }), { maxLength: 12 });
const lists = fc.array(attributes, { minLength: 1, maxLength: 12 });

const ids = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) };
const types = ['string', 'int', 'double', 'bool', 'other'];

type Pairs = [string, unknown][];

interface Encoded {
  /** By row. */
  attr: Pairs[];
  resource: Pairs[];
  /** How often attributes of spans were counted, in all. */
  count: number;
}

/** One encoder for all: what one batch leaves behind is no business of the next one's. */
const encoder = new SpanEncoder();

async function encoded(lists: KeyValue[][], resource: KeyValue[]): Promise<Encoded> {
  const spans = lists.map((attributes) => ({
    ...ids,
    name: '',
    startTimeUnixNano: '0',
    endTimeUnixNano: '0',
    attributes,
  }));
  encoder.append(writeTraces({ resourceSpans: [{ resource: { attributes: resource }, scopeSpans: [{ spans }] }] }));
  const batch = encoder.finish(1_763_800_000_123);
  const block = await readBlock<Record<string, Column<Pairs>>>(batch.spans);
  const counts = await readBlock<Counts>(batch.attributeKeys);
  const rows = (prefix: string): Pairs[] =>
    lists.map((_, row) => types.flatMap((type) => block?.columns[`${prefix}_${type}`]?.at(row) ?? []));
  return { attr: rows('attr'), resource: rows('resource'), count: countOf('span', counts) };
}

interface Counts {
  scope: Column<string>;
  span_count: Column<string>;
}

function countOf(scope: string, block?: Block<Counts>): number {
  if (!block) return 0;
  const rows = Array.from({ length: block.rowCount }, (_, row) => row);
  return rows
    .filter((row) => block.columns.scope.at(row) === scope)
    .reduce((sum, row) => sum + Number(block.columns.span_count.at(row)), 0);
}

const expectedOf = (list: KeyValue[]): Map<unknown, unknown> =>
  new Map(list.map((pair) => [pair.key, Object.values(pair.value ?? {})[0]]));

test('of attributes in any order and number each is in the map of its type, the last one of a key', () =>
  fc.assert(
    fc.asyncProperty(lists, attributes, async (rows, resource) => {
      const read = await encoded(rows, resource);
      const expected = rows.map(expectedOf);
      expect(read.attr.map((pairs) => new Map(pairs))).toEqual(expected);
      expect(read.attr.map((pairs) => pairs.length)).toEqual(expected.map(({ size }) => size));
      expect(read.count, 'each is counted').toBe(expected.reduce((sum, { size }) => sum + size, 0));
      expect(read.resource.map((pairs) => new Map(pairs))).toEqual(rows.map(() => expectedOf(resource)));
    }),
  ));

test('a text may be larger than a chunk of memory, and a span may have a hundred thousand attributes', async () => {
  const large: KeyValue[] = [{ key: 'large', value: { stringValue: 'é'.repeat(1 << 18) } }];
  const many = Array.from(
    { length: 100_000 },
    (_, i): KeyValue => ({ key: `k${i % 99_999}`, value: { intValue: `${i}` } }),
  );
  const read = await encoded([large, many, large], large);
  expect(read.attr[0]).toEqual([['large', 'é'.repeat(1 << 18)]]);
  expect(read.attr[1]?.length).toBe(99_999);
  expect(new Map(read.attr[1]).get('k0'), 'the last one').toBe('99999');
  expect(read.attr[2]).toEqual(read.attr[0]);
});
