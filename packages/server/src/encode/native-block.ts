/**
 * A block of ClickHouse's Native format: column by column.
 *
 *   column count (varint) │ row count (varint) │ for each column: name │ type │ prefix │ data
 */
import { ByteColumn } from './byte-column.ts';
import type { Column, ColumnWriter } from './columns.ts';

export interface NativeBlock {
  /** Names, in the order of the block. */
  columns: readonly string[];
  rowCount: number;
  /** One after the other, they are the block. They are the columns' own memory: valid until those are changed. */
  pieces: readonly Uint8Array[];
}

/** Rows that a column does not have yet are given their default. */
export function nativeBlock(columns: Readonly<Record<string, Column>>, rowCount: number): NativeBlock {
  const pieces = new Pieces();
  const entries = Object.entries(columns);
  pieces.varint(entries.length);
  pieces.varint(rowCount);
  for (const [name, column] of entries) {
    pieces.string(name);
    pieces.string(column.type);
    column.fill(rowCount);
    column.writePrefix(pieces);
    column.writeData(pieces);
  }
  return { columns: Object.keys(columns), rowCount, pieces: pieces.all };
}

class Pieces implements ColumnWriter {
  readonly all: Uint8Array[] = [];

  varint(value: number): void {
    this.#write((piece) => piece.varint(value));
  }

  count(value: number): void {
    this.#write((piece) => piece.count(value));
  }

  string(text: string): void {
    this.#write((piece) => piece.string(text));
  }

  raw(bytes: Uint8Array): void {
    if (bytes.length > 0) this.all.push(bytes);
  }

  #write(write: (piece: ByteColumn) => void): void {
    const piece = new ByteColumn(16);
    write(piece);
    this.raw(piece.written());
  }
}
