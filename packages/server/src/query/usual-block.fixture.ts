/** For tests: rows of any content, as ClickHouse gives the usual columns of their spans. */
import fc, { type Arbitrary } from 'fast-check';
import { readBlocks } from '../decode/native-blocks.ts';
import { type Column, DictionaryColumn, PlainColumn, RowEnds, TextColumn } from '../encode/columns.ts';
import { nativeBlock } from '../encode/native-block.ts';
import { TextNumbers } from '../encode/text-numbers.ts';
import type { Block } from '../store/store.ts';
import type { SpanColumns } from './span-row.ts';
import { type UsualColumns, withOthers } from './usual-columns.ts';

export interface UsualRow {
  traceId: Uint8Array;
  spanId: Uint8Array;
  parentSpanId: Uint8Array;
  name: string;
  kind: number;
  start: bigint;
  end: bigint;
  flags: number;
  statusCode: number;
  statusMessage: string;
  strings: [key: string, value: string][];
  ints: [key: string, value: bigint][];
  bools: [key: string, value: boolean][];
}

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('"', '\\', '\n', '\u0000', '\u001f', '\u007f', 'é', '日', '\u{1f600}') }),
  fc.constantFrom(
    '',
    '\u2028\u2029',
    '\ud800',
    '\udfff\ud800',
    '__proto__',
    '\b\f\r\t',
    `${'x'.repeat(15)}"`,
    '"'.repeat(600),
  ),
  fc.string({ minLength: 500, maxLength: 3000 }),
);
const id = (length: number): Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
const uint64 = fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 200n), powersOfTen(0n));
const int64 = fc.oneof(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.bigInt(-200n, 200n), powersOfTen(-1n));

/** And what stands beside them. */
function powersOfTen(offset: bigint): Arbitrary<bigint> {
  return fc.nat(18).map((digits) => 10n ** BigInt(digits) + offset);
}

export const usualRow: Arbitrary<UsualRow> = fc.record({
  traceId: id(16),
  spanId: id(8),
  parentSpanId: fc.oneof(id(8), fc.constant(new Uint8Array(8))),
  name: text,
  kind: fc.nat(255),
  start: uint64,
  end: uint64,
  flags: fc.oneof(fc.constant(0), fc.nat(2 ** 32 - 1)),
  statusCode: fc.nat(2),
  statusMessage: text,
  strings: fc.array(fc.tuple(text, text), { maxLength: 5 }),
  ints: fc.array(fc.tuple(text, int64), { maxLength: 3 }),
  bools: fc.array(fc.tuple(text, fc.boolean()), { maxLength: 2 }),
});

export function bytesOfBlock(rows: readonly UsualRow[]): Buffer {
  const plain = (type: string, width: number, bytesOf: (row: UsualRow) => Uint8Array): PlainColumn => {
    const column = new PlainColumn(type, width);
    for (const row of rows) column.values.raw(bytesOf(row), 0, width);
    return column;
  };
  const maps = (
    entries: (row: UsualRow) => [string, unknown][],
    keys: Texts,
    values: { push(value: never): void; column: Column },
  ): Column => mapColumn(rows.map(entries), keys, values);
  const columns = {
    trace_id: plain('FixedString(16)', 16, (row) => row.traceId),
    span_id: plain('FixedString(8)', 8, (row) => row.spanId),
    parent_span_id: plain('FixedString(8)', 8, (row) => row.parentSpanId),
    flags: plain('UInt32', 4, (row) => bytesOf(row.flags)),
    name: dictionary(rows.map((row) => row.name)).column,
    kind: plain('UInt8', 1, (row) => bytesOf(row.kind)),
    start_unix_nano: plain('UInt64', 8, (row) => bytesOf(row.start)),
    end_unix_nano: plain('UInt64', 8, (row) => bytesOf(row.end)),
    status_code: plain('UInt8', 1, (row) => bytesOf(row.statusCode)),
    status_message: texts(rows.map((row) => row.statusMessage)).column,
    attr_string: maps((row) => row.strings, dictionary(), dictionary()),
    attr_int: maps((row) => row.ints, dictionary(), numbers('Int64', 8)),
    attr_bool: maps((row) => row.bools, texts(), numbers('Bool', 1)),
  };
  return Buffer.concat(nativeBlock(columns, rows.length).pieces);
}

/** All columns of spans, but not those of their resource and scope. */
export async function readUsualBlocks(bytes: Uint8Array): Promise<Block<SpanColumns>[]> {
  return (await readBlocks<UsualColumns>(bytes)).map(withOthers);
}

interface Texts {
  push(text: string): void;
  column: Column;
}

function texts(all: readonly string[] = []): Texts {
  const column = new TextColumn();
  for (const text of all) column.string(text);
  return { column, push: (text) => column.string(text) };
}

function dictionary(all: readonly string[] = []): Texts {
  const keys = new TextNumbers();
  const column = new DictionaryColumn(keys);
  const push = (text: string): void => column.push(keys.numberOf(text));
  for (const text of all) push(text);
  return { column, push };
}

function numbers(type: string, width: number): { push(value: bigint | boolean): void; column: Column } {
  const column = new PlainColumn(type, width);
  return { column, push: (value) => column.values.raw(bytesOf(BigInt(value)), 0, width) };
}

function bytesOf(value: bigint | number): Uint8Array {
  return new Uint8Array(BigUint64Array.of(BigInt.asUintN(64, BigInt(value))).buffer);
}

function mapColumn(
  rows: readonly [string, unknown][][],
  keys: Texts,
  values: { push(value: never): void; column: Column },
): Column {
  const ends = new RowEnds();
  for (const [row, entries] of rows.entries()) {
    for (const [key, value] of entries) {
      keys.push(key);
      values.push(value as never);
    }
    ends.endRow(row, entries.length);
  }
  return {
    type: `Map(${keys.column.type}, ${values.column.type})`,
    fill: (rowCount) => ends.fill(rowCount),
    writePrefix(out) {
      for (const column of [keys.column, values.column]) column.writePrefix(out);
    },
    writeData(out) {
      for (const part of [ends, keys.column, values.column]) part.writeData(out);
    },
    clear: () => undefined,
  };
}
