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
  /** Of their own, so that they can be handed to another thread. */
  bytes: Uint8Array<ArrayBuffer>;
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
  return { columns: Object.keys(columns), rowCount, bytes: pieces.joined() };
}

/** Put together once, when it is known how much they are: a block has tens of megabytes. */
class Pieces implements ColumnWriter {
  readonly #pieces: Uint8Array[] = [];
  #size = 0;

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
    this.#pieces.push(bytes);
    this.#size += bytes.length;
  }

  joined(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#size);
    let at = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }

  #write(write: (piece: ByteColumn) => void): void {
    const piece = new ByteColumn(16);
    write(piece);
    this.raw(piece.written());
  }
}
