import { type KeyValue, ProtobufReader, writeTraces } from '@sightline/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Column } from '../decode/columns.ts';
import { readBlocks } from '../decode/native-blocks.ts';
import { AttributeList } from './attribute-list.ts';
import { AttributeMaps } from './attribute-maps.ts';
import { Dictionary } from './dictionary.ts';
import { bytesTag, eachField } from './message-fields.ts';
import { nativeBlock } from './native-block.ts';
import { SlotCounts } from './slot-counts.ts';

const value = fc.oneof(
  fc.string({ maxLength: 200 }).map((stringValue) => ({ stringValue })),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map((int) => ({ intValue: String(int) })),
  fc.double().map((doubleValue) => ({ doubleValue })),
  fc.boolean().map((boolValue) => ({ boolValue })),
);
/** Of few keys, so that lists begin alike, and have a key twice. */
const key = fc.oneof(fc.constantFrom('a', 'ab', 'http.route', 'http.routes', 'é'), fc.string({ maxLength: 150 }));
const lists = fc.array(fc.array(fc.record<KeyValue>({ key, value }), { maxLength: 12 }), {
  minLength: 1,
  maxLength: 12,
});

function append(maps: AttributeMaps, row: number, attributes: KeyValue[]): void {
  const bytes = writeTraces({ resourceSpans: [{ resource: { attributes }, scopeSpans: [] }] });
  const [reader, list] = [new ProtobufReader(bytes), new AttributeList()];
  eachField(reader, bytesTag(1), 0, bytes.length, (start, end) =>
    eachField(reader, bytesTag(1), start, end, (from, to) => {
      reader.position = from;
      reader.limit = to;
      while (reader.tag() !== 0) list.take(reader);
    }),
  );
  maps.append(row, reader, list);
}

test('of attributes in any order and number each is in the map of its type, the last one of a key', async () => {
  await fc.assert(
    fc.asyncProperty(lists, async (rows) => {
      const keys = new Dictionary();
      const maps = new AttributeMaps(keys, new Dictionary());
      for (const [row, attributes] of rows.entries()) append(maps, row, attributes);
      const bytes = Buffer.concat(nativeBlock(maps.columns('attr'), rows.length).pieces);
      const [block] = await readBlocks<Record<string, Column<[string, unknown][]>>>(bytes);
      const expected = rows.map((row) => new Map(row.map((pair) => [pair.key, Object.values(pair.value ?? {})[0]])));
      const read = rows.map((_, row) => Object.values(block?.columns ?? {}).flatMap((map) => map.at(row)));
      expect(read.map((pairs) => new Map(pairs))).toEqual(expected);
      expect(read.map((pairs) => pairs.length)).toEqual(expected.map(({ size }) => size));

      const counts = new SlotCounts();
      maps.shapes.takeCounts(counts);
      const total = counts.slots.reduce((sum, slot) => sum + counts.of(slot), 0);
      expect(total, 'each is counted').toBe(expected.reduce((sum, { size }) => sum + size, 0));
    }),
  );
});
