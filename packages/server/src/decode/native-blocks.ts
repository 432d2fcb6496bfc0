/** Blocks of ClickHouse's Native format, as `encode/native-block.ts` draws them, read. */
import { setImmediate } from 'node:timers/promises';
import { ByteReader } from './byte-reader.ts';
import { columnType } from './column-types.ts';
import type { Column } from './columns.ts';

export interface Block<Columns> {
  rowCount: number;
  /** By their names. */
  columns: Columns;
}

/** Reading more takes so long that others want a turn. */
const sliceBytes = 1 << 20;

/** @typeParam Columns what the query gives: an interface of `Column`s by name */
export async function readBlocks<Columns>(bytes: Uint8Array): Promise<Block<Columns>[]> {
  const reader = new ByteReader(bytes);
  const blocks: Block<Columns>[] = [];
  while (!reader.isAtEnd) {
    const columnCount = reader.varint();
    const rowCount = reader.varint();
    const columns: Record<string, Column<unknown>> = {};
    for (let turnAt = reader.position + sliceBytes, index = 0; index < columnCount; index++) {
      const [name, type] = [reader.text(), columnType(reader.text())];
      if (rowCount === 0) continue;
      type.readPrefix(reader);
      columns[name] = type.readData(reader, rowCount);
      if (reader.position < turnAt) continue;
      turnAt = reader.position + sliceBytes;
      await setImmediate();
    }
    if (rowCount > 0) blocks.push({ rowCount, columns: columns as Columns });
  }
  return blocks;
}
