/**
 * A block of ClickHouse's Native format: column by column.
 *
 *   column count (varint) │ row count (varint) │ for each column: name │ type │ prefix │ data
 */
import { ByteColumn } from './byte-column.ts';
import type { Column } from './columns.ts';

export interface NativeBlock {
  /** Names, in the order of the block. */
  columns: readonly string[];
  rowCount: number;
  /** Of their own, so that they can be handed to another thread. */
  bytes: Uint8Array<ArrayBuffer>;
}

export function nativeBlock(columns: Readonly<Record<string, Column>>, rowCount: number): NativeBlock {
  const out = new ByteColumn(1 << 16);
  const entries = Object.entries(columns);
  out.varint(entries.length);
  out.varint(rowCount);
  for (const [name, column] of entries) {
    out.string(name);
    out.string(column.type);
    column.writePrefix(out);
    column.writeData(out);
  }
  return { columns: Object.keys(columns), rowCount, bytes: new Uint8Array(out.written()) };
}
