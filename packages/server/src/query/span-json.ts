/**
 * The text of a trace, in pieces: of rows what `JSON.stringify` makes of `spanOf`, but for the order of fields. What most spans have is
 * written by WebAssembly (`packages/server/assembly/span-json`), out of the bytes of their columns, in a fifth of the time; a row that has
 * more is written here.
 */
import { readFileSync } from 'node:fs';
import type { ColumnArrays, MapColumn } from '../store/store.ts';
import { type SpanColumns, type SpanRow, spanOf } from './span-row.ts';

/** Places in its memory are offsets of bytes. */
interface SpanJsonModule {
  readonly memory: { readonly buffer: ArrayBuffer };
  allocate(sizeBytes: number): number;
  reserve(sizeBytes: number): number;
  add(sizeBytes: number): void;
  writeRows(rows: number, count: number, isBegin: boolean, enoughBytes: number): number;
  textAt(): number;
  textSize(): number;
  clearText(): void;
  clear(): void;
}

/** Or somewhat more. */
const pieceBytes = 100_000;
/** Are asked for at once. */
const mostRows = 128;
/** An instance that took more for a large trace is not used again, and so gives it back. */
const keptBytes = 4 << 20;

export class SpanJson {
  readonly #module: SpanJsonModule = takeInstance();
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
    const list = this.#list(rows.slice(from, from + mostRows));
    this.#rowTable().set(list);
    return from + this.#module.writeRows(this.#rowsAt, list.length / 2, from === 0, pieceBytes);
  }

  /** Where the usual ones are that come first. */
  #list(rows: readonly SpanRow[]): number[] {
    const list: number[] = [];
    for (const { columns, index, isUsual } of rows) {
      if (!isUsual) break;
      list.push(this.#blocks.get(columns) ?? this.#addBlock(columns), index);
    }
    return list;
  }

  #rowTable(): Uint32Array {
    return new Uint32Array(this.#module.memory.buffer, this.#rowsAt, mostRows * 2);
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
    const [at, sizeBytes] = [this.#module.textAt(), this.#module.textSize()];
    this.#module.clearText();
    return Buffer.from(this.#memory().subarray(at, at + sizeBytes));
  }

  /** Nothing is written any more. */
  end(): void {
    this.#module.clear();
    if (this.#module.memory.buffer.byteLength <= keptBytes) idle = this.#module;
  }

  #addBlock(columns: SpanColumns): number {
    const places = usualColumns(columns).flatMap((column) => this.#places(column));
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
function usualColumns(columns: SpanColumns): ColumnArrays[] {
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

/** What is used of it: its types come with those of browsers only. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: Record<string, object>) => { readonly exports: unknown };
};

let compiled: object | undefined;
/** An instance that nobody uses. */
let idle: SpanJsonModule | undefined;

function takeInstance(): SpanJsonModule {
  const taken = idle ?? newInstance();
  idle = undefined;
  return taken;
}

function newInstance(): SpanJsonModule {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('span-json.wasm', import.meta.url)));
  return new WebAssembly.Instance(compiled, { host }).exports as SpanJsonModule;
}

/** What the module imports. */
const host = {
  outsideBlock(index: number): never {
    throw new RangeError(`a block has nothing at ${index >>> 0}, where one of its columns leads`);
  },
  outOfMemory(sizeBytes: number): never {
    throw new Error(`A trace is too large to be written: there is no memory for ${sizeBytes >>> 0} bytes more.`);
  },
};
