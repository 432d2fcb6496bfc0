/**
 * The text of a trace, in pieces: of rows what `JSON.stringify` makes of `spanOf`, but for the order of fields. What most spans have is
 * written by WebAssembly (`packages/server/assembly/span-json`), out of the bytes of their columns, in a fifth of the time; a row that has
 * more is written here.
 */
import type { ColumnArrays, MapColumn } from '../store/store.ts';
import { giveBack, type SpanJsonModule, takeModule } from './span-json-module.ts';
import { type SpanColumns, type SpanRow, spanOf } from './span-row.ts';

/** Or somewhat more. */
const pieceBytes = 100_000;
/** Are asked for at once. */
const mostRows = 128;

export class SpanJson {
  readonly #module: SpanJsonModule = takeModule();
  readonly #rowsAt = this.#module.allocate(mostRows * 8);
  /** Where the blocks are, of which rows were written. */
  readonly #blocks = new Map<SpanColumns, number>();
  #bytes = Buffer.from(this.#module.memory.buffer);

  /** What is JSON already. */
  text(json: string): void {
    const sizeBytes = Buffer.byteLength(json);
    const at = this.#module.reserve(sizeBytes);
    this.#memory().write(json, at);
    this.#module.add(sizeBytes);
  }

  /** Writes rows from the one at `from` on, as items of a list, until a piece is full. @returns the place of the next one */
  rows(rows: readonly SpanRow[], from: number): number {
    let next = from;
    while (next < rows.length && !this.isFull) {
      const { isUsual } = rows[next] as SpanRow;
      next = isUsual ? this.#usualRows(rows, next) : this.#otherRow(rows, next);
    }
    return next;
  }

  #usualRows(rows: readonly SpanRow[], from: number): number {
    const list = this.#list(rows, from);
    new Uint32Array(this.#module.memory.buffer, this.#rowsAt, list.length).set(list);
    return from + this.#module.writeRows(this.#rowsAt, list.length / 2, from === 0, pieceBytes);
  }

  /** The usual ones that come first: of each where its block is, and its place in it. */
  #list(rows: readonly SpanRow[], from: number): number[] {
    const list: number[] = [];
    for (let at = from; at < Math.min(from + mostRows, rows.length); at++) {
      const { columns, index, isUsual } = rows[at] as SpanRow;
      if (!isUsual) break;
      list.push(this.#blocks.get(columns) ?? this.#addBlock(columns), index);
    }
    return list;
  }

  #otherRow(rows: readonly SpanRow[], at: number): number {
    this.text(`${at > 0 ? ',' : ''}${JSON.stringify(spanOf(rows[at] as SpanRow))}`);
    return at + 1;
  }

  get isFull(): boolean {
    return this.#module.textSize() >= pieceBytes;
  }

  /** What was written since the last time. */
  take(): Buffer {
    const at = this.#module.textAt();
    const taken = Buffer.from(this.#memory().subarray(at, at + this.#module.textSize()));
    this.#module.clearText();
    return taken;
  }

  /** Nothing is written any more. */
  end(): void {
    giveBack(this.#module);
  }

  #addBlock(columns: SpanColumns): number {
    const places = arraysOf(columns).flatMap((column) => this.#places(column));
    const at = this.#place(new Uint32Array(places));
    this.#blocks.set(columns, at);
    return at;
  }

  /** As `assembly/span-json/columns.ts` draws them. */
  #places({ values, texts }: ColumnArrays): number[] {
    return [
      ...(values ? [this.#place(values), values.byteLength, values.BYTES_PER_ELEMENT] : [0, 0, 0]),
      ...(texts
        ? [this.#place(texts.bytes), this.#place(texts.starts), this.#place(texts.ends), texts.starts.length]
        : [0, 0, 0, 0]),
      0,
    ];
  }

  #place({ buffer, byteOffset, byteLength }: NonNullable<ColumnArrays['values']>): number {
    const at = this.#module.allocate(byteLength);
    this.#memory().set(new Uint8Array(buffer, byteOffset, byteLength), at);
    return at;
  }

  /** All of it, which is another buffer once it has grown. */
  #memory(): Buffer {
    const { buffer } = this.#module.memory;
    if (this.#bytes.buffer !== buffer) this.#bytes = Buffer.from(buffer);
    return this.#bytes;
  }
}

/** In the order of `assembly/span-json/span.ts`. */
function arraysOf(columns: SpanColumns): ColumnArrays[] {
  return [
    columns.trace_id.arrays,
    columns.span_id.arrays,
    columns.parent_span_id.arrays,
    columns.name.arrays,
    columns.kind.arrays,
    columns.start_unix_nano.arrays,
    columns.end_unix_nano.arrays,
    columns.flags.arrays,
    columns.status_code.arrays,
    columns.status_message.arrays,
    ...ofMap(columns.attr_string),
    ...ofMap(columns.attr_int),
    ...ofMap(columns.attr_bool),
  ];
}

function ofMap({ arrays, keys, values }: MapColumn<unknown>): ColumnArrays[] {
  return [arrays, keys.arrays, values.arrays];
}
