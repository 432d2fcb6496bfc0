import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ArrayColumn, DictionaryColumn, PlainColumn, RowEnds, TextColumn } from '../encode/columns.ts';
import { nativeBlock } from '../encode/native-block.ts';
import { TextNumbers } from '../encode/text-numbers.ts';
import type { Column } from './columns.ts';
import { readBlocks } from './native-blocks.ts';

interface Row {
  id: string;
  small: number;
  long: bigint;
  double: number;
  flag: boolean;
  text: string;
  name: string;
  list: string[];
}

const rows = fc.array(
  fc.record<Row>({
    id: fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('hex')),
    small: fc.nat(2 ** 32 - 1),
    long: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
    double: fc.double(),
    flag: fc.boolean(),
    text: fc.string({ unit: 'binary' }),
    name: fc.string({ maxLength: 2 }),
    list: fc.array(fc.string()),
  }),
  { minLength: 1, maxLength: 300 },
);

function blockOf(all: readonly Row[]): Uint8Array {
  const texts = new TextNumbers();
  const [id, small] = [new PlainColumn('FixedString(8)', 8), new PlainColumn('UInt32', 4)];
  const [long, double] = [new PlainColumn('Int64', 8), new PlainColumn('Float64', 8)];
  const [flag, text, name] = [new PlainColumn('Bool', 1), new TextColumn(), new DictionaryColumn(texts)];
  const ends = new RowEnds();
  const list = new ArrayColumn(ends, new TextColumn());
  for (const [at, row] of all.entries()) {
    id.values.raw(Buffer.from(row.id, 'hex'), 0, 8);
    small.values.uint32(row.small);
    const unsigned = BigInt.asUintN(64, row.long);
    long.values.uint64(Number(unsigned >> 32n), Number(unsigned & 0xffffffffn));
    double.values.raw(new Uint8Array(new Float64Array([row.double]).buffer), 0, 8);
    flag.values.byte(row.flag ? 1 : 0);
    text.string(row.text);
    name.push(texts.numberOf(row.name));
    for (const item of row.list) list.items.string(item);
    ends.endRow(at, row.list.length);
  }
  return Buffer.concat(nativeBlock({ id, small, long, double, flag, text, name, list }, all.length).pieces);
}

type Columns = Record<keyof Row, Column<unknown>>;

test('what was written as a block is read back, one block after the other', async () => {
  await fc.assert(
    fc.asyncProperty(rows, rows, async (first, second) => {
      const blocks = await readBlocks<Columns>(Buffer.concat([blockOf(first), blockOf(second)]));
      const read = blocks.flatMap(({ columns, rowCount }) =>
        Array.from({ length: rowCount }, (_, row) =>
          Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.at(row)])),
        ),
      );
      expect(read).toEqual([...first, ...second].map((row) => ({ ...row, long: String(row.long) })));
    }),
    { numRuns: 50 },
  );
});

test('a block that was cut off, or has a type that no table of ours has, is an error', async () => {
  const bytes = blockOf([
    { id: '00'.repeat(8), small: 1, long: 2n, double: 3, flag: true, text: '', name: '', list: ['x'] },
  ]);
  await expect(readBlocks(bytes.subarray(0, -1))).rejects.toThrow('a block ends at byte');
  const decimals = Buffer.concat(nativeBlock({ price: new PlainColumn('Decimal(9, 2)', 4) }, 1).pieces);
  await expect(readBlocks(decimals)).rejects.toThrow('columns of the type Decimal(9, 2) cannot be read');
});
