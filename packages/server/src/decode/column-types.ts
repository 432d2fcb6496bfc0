/**
 * How a column is read, by the name of its type: what `encode/columns.ts` writes, read back. The types are those of our
 * tables; one that is not among them is an error.
 */
import type { ByteReader } from './byte-reader.ts';
import { BoolColumn, type Column, HexColumn, LongColumn, NumberColumn, type ValueColumn } from './columns.ts';
import { ListColumn, MapColumn, noItems } from './item-columns.ts';
import { DictionaryColumn, TextColumn } from './text-columns.ts';

export interface ColumnType {
  readPrefix(reader: ByteReader): void;
  /** @param count 1 or more */
  readData(reader: ByteReader, count: number): Column<unknown>;
}

const numbers: Record<string, ColumnType> = {
  UInt8: plain((reader, count) => new NumberColumn(new Uint8Array(reader.copy(count)))),
  UInt16: plain((reader, count) => new NumberColumn(new Uint16Array(reader.copy(count * 2)))),
  UInt32: plain((reader, count) => new NumberColumn(new Uint32Array(reader.copy(count * 4)))),
  UInt64: plain((reader, count) => new LongColumn(new BigUint64Array(reader.copy(count * 8)))),
  Int64: plain((reader, count) => new LongColumn(new BigInt64Array(reader.copy(count * 8)))),
  Float64: plain((reader, count) => new NumberColumn(new Float64Array(reader.copy(count * 8)))),
  Bool: plain((reader, count) => new BoolColumn(new Uint8Array(reader.copy(count)))),
  String: plain((reader, count) => new TextColumn(reader, count)),
};

const known = new Map<string, ColumnType>(Object.entries(numbers));

/** @throws TypeError for a type that no table of ours has */
export function columnType(name: string): ColumnType {
  const type = known.get(name) ?? composed(name);
  known.set(name, type);
  return type;
}

function composed(name: string): ColumnType {
  const [, outer, inner = ''] = /^(\w+)\((.*)\)$/.exec(name) ?? [];
  switch (outer) {
    case 'FixedString':
      return fixed(Number(inner));
    case 'LowCardinality':
      if (inner === 'String') return dictionary;
      break;
    case 'Array':
      return list(columnType(inner));
    case 'Map': {
      const comma = inner.indexOf(', ');
      return map(columnType(inner.slice(0, comma)), columnType(inner.slice(comma + 2)));
    }
  }
  throw new TypeError(`columns of the type ${name} cannot be read`);
}

function plain(readData: ColumnType['readData']): ColumnType {
  return { readPrefix: () => undefined, readData };
}

function fixed(width: number): ColumnType {
  return plain((reader, count) => new HexColumn(new Uint32Array(reader.copy(count * width)), width));
}

const indexes = [Uint8Array, Uint16Array, Uint32Array] as const;

const dictionary: ColumnType = {
  readPrefix: (reader) => reader.skip(8),
  readData(reader) {
    // The flags above it say that keys follow, which they do in every block.
    const width = reader.count() & 0xff;
    const Numbers = indexes[width];
    if (!Numbers) throw new TypeError(`a dictionary's indexes of the width ${width} cannot be read`);
    const keys = new TextColumn(reader, reader.count());
    return new DictionaryColumn(keys, new Numbers(reader.copy(reader.count() << width)));
  },
};

function list(items: ColumnType): ColumnType {
  return {
    readPrefix: (reader) => items.readPrefix(reader),
    readData(reader, count) {
      const { ends, itemCount } = readEnds(reader, count);
      return new ListColumn(ends, itemCount === 0 ? noItems : items.readData(reader, itemCount));
    },
  };
}

function map(keys: ColumnType, values: ColumnType): ColumnType {
  return {
    readPrefix(reader) {
      keys.readPrefix(reader);
      values.readPrefix(reader);
    },
    readData(reader, count) {
      const { ends, itemCount } = readEnds(reader, count);
      if (itemCount === 0) return new MapColumn(ends, noItems, noItems);
      const ofKeys = keys.readData(reader, itemCount) as ValueColumn<string>;
      return new MapColumn(ends, ofKeys, values.readData(reader, itemCount) as ValueColumn<unknown>);
    },
  };
}

function readEnds(reader: ByteReader, count: number): { ends: ArrayBuffer; itemCount: number } {
  const ends = reader.copy(count * 8);
  return { ends, itemCount: new Uint32Array(ends)[count * 2 - 2] ?? 0 };
}
