import type { Span } from '@sightline/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Block, ColumnArrays, MapColumn } from '../store/store.ts';
import { SpanJson } from './span-json.ts';
import { type SpanColumns, type SpanRow, spanOf } from './span-row.ts';
import { bytesOfBlock, readUsualBlocks, type UsualRow, usualRow } from './usual-block.fixture.ts';

const block = fc.array(usualRow, { minLength: 1, maxLength: 20 });

function rowsOf(blocks: readonly Block<SpanColumns>[], isUsual: (index: number) => boolean = () => true): SpanRow[] {
  return blocks.flatMap(({ columns, rowCount }) =>
    Array.from({ length: rowCount }, (_, index) => ({ columns, index, start: 0, isUsual: isUsual(index) })),
  );
}

/** @returns the pieces of a list of them */
function piecesOf(rows: readonly SpanRow[]): Buffer[] {
  const json = new SpanJson();
  try {
    const pieces: Buffer[] = [];
    json.text('[');
    for (let next = 0; next < rows.length; ) {
      next = json.rows(rows, next);
      if (json.isFull) pieces.push(json.take());
    }
    json.text(']');
    return [...pieces, json.take()];
  } finally {
    json.end();
  }
}

function written(rows: readonly SpanRow[]): Span[] {
  return JSON.parse(Buffer.concat(piecesOf(rows)).toString());
}

/** As JSON has it: a key may come twice, and `__proto__` is one. */
function made(rows: readonly SpanRow[]): Span[] {
  return JSON.parse(JSON.stringify(rows.map(spanOf)));
}

test('the text of any rows, in any order and of several blocks, is that of their spans', async () => {
  await fc.assert(
    fc.asyncProperty(block, block, fc.func(fc.boolean()), fc.func(fc.nat()), async (one, other, isUsual, place) => {
      const blocks = await readUsualBlocks(Buffer.concat([bytesOfBlock(one), bytesOfBlock(other)]));
      const rows = rowsOf(blocks, isUsual).sort((a, b) => place(a.index) - place(b.index));
      expect(written(rows)).toEqual(made(rows));
    }),
    { numRuns: 200 },
  );
});

const bare: UsualRow = {
  traceId: new Uint8Array(16).fill(1),
  spanId: new Uint8Array(8).fill(2),
  parentSpanId: new Uint8Array(8),
  name: '',
  kind: 0,
  start: 0n,
  end: 2n ** 64n - 1n,
  flags: 0,
  statusCode: 0,
  statusMessage: '',
  strings: [],
  ints: [],
  bools: [],
};

test('what is zero or empty is left out, and what JSON escapes is escaped as JSON.stringify does it', async () => {
  const name = Array.from({ length: 0x80 }, (_, code) => String.fromCharCode(code)).join('');
  const rows = rowsOf(await readUsualBlocks(bytesOfBlock([bare, { ...bare, name }])));
  const [first, second] = JSON.stringify(rows.map(spanOf))
    .slice(1, -1)
    .split(/(?<=\}),/);
  expect(Buffer.concat(piecesOf(rows)).toString()).toBe(`[${first},${second}]`);
});

test('a text comes in pieces that are no larger than they need be, however many texts there are and however large one is', async () => {
  const strings = (row: number): [string, string][] => Array.from({ length: 20 }, (_, i) => [`k${i}`, `${row} ${i}`]);
  const many = Array.from({ length: 5_000 }, (_, i) => ({ ...bare, name: `n${i}`, strings: strings(i) }));
  const large = { ...bare, name: '\n'.repeat(3_000_000), strings: [['"'.repeat(100_000), 'x']] as [string, string][] };
  const rows = rowsOf(await readUsualBlocks(bytesOfBlock([...many, large, ...many.slice(0, 100)])));
  const pieces = piecesOf(rows);
  const lengths = pieces.map((piece) => piece.length);
  expect(lengths.filter((length) => length > 110_000)).toHaveLength(1);
  expect(lengths.filter((length) => length < 100_000)).toHaveLength(1);
  expect(JSON.parse(Buffer.concat(pieces).toString())).toEqual(made(rows));
});

test('bytes that are not UTF-8 are those of the text that they are read as', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 40, maxLength: 40 }), async (bytes) => {
      const [{ columns } = { columns: undefined }] = await readUsualBlocks(
        bytesOfBlock([{ ...bare, name: 'n'.repeat(40) }]),
      );
      columns?.name.arrays.texts?.bytes.set(bytes, 1);
      const rows = [{ columns: columns as SpanColumns, index: 0, start: 0, isUsual: true }];
      expect(written(rows)).toEqual(made(rows));
    }),
  );
});

test('a block that was cut off anywhere is an error', async () => {
  await fc.assert(
    fc.asyncProperty(block, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), async (rows, share) => {
      const bytes = bytesOfBlock(rows);
      // Of no bytes there is no block.
      const size = 1 + Math.floor((bytes.length - 1) * share);
      if (size < bytes.length) await expect(readUsualBlocks(bytes.subarray(0, size))).rejects.toThrow(RangeError);
    }),
  );
});

const filled = { ...bare, strings: [['a', 'b']], ints: [['c', 1n]], bools: [['d', true]] } as UsualRow;

/** What leads from one place of a block to another. */
function leading({ name, attr_string, attr_int, attr_bool }: SpanColumns): ColumnArrays[] {
  const ofMap = ({ arrays, keys, values }: MapColumn<unknown>): ColumnArrays[] => [arrays, keys.arrays, values.arrays];
  const [ofStrings, ofInts, ofBools] = [attr_string, attr_int, attr_bool].map(ofMap) as [
    ColumnArrays[],
    ColumnArrays[],
    ColumnArrays[],
  ];
  return [name.arrays, ...ofStrings, ...ofInts.slice(0, 2), ...ofBools.slice(0, 1)];
}

test('a number that leads out of its block is an error, and the next text is not concerned', async () => {
  const bytes = bytesOfBlock([filled, filled]);
  const [fine] = await readUsualBlocks(bytes);
  const count = leading((fine as Block<SpanColumns>).columns).length;
  for (let wrong = 0; wrong < count; wrong++) {
    const blocks = await readUsualBlocks(bytes);
    const rows = rowsOf(blocks);
    const { values } = leading((blocks[0] as Block<SpanColumns>).columns)[wrong] as ColumnArrays;
    new Uint8Array((values as Uint32Array).buffer).fill(0xff);
    expect(() => piecesOf(rows), `${wrong}`).toThrow(RangeError);
    expect(written(rowsOf([fine as Block<SpanColumns>]))).toHaveLength(2);
  }
});

test('a row that a block does not have is an error', async () => {
  const [{ columns } = { columns: undefined }] = await readUsualBlocks(bytesOfBlock([bare]));
  for (const index of [1, 2, 2 ** 31, 2 ** 32 - 1]) {
    expect(() => piecesOf([{ columns: columns as SpanColumns, index, start: 0, isUsual: true }])).toThrow(RangeError);
  }
});
