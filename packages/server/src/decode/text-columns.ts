/** Columns of texts, of which each is made when it is asked for. */
import type { ByteReader } from './byte-reader.ts';
import type { ColumnArrays, TextArrays, ValueColumn } from './columns.ts';

export class TextColumn implements ValueColumn<string> {
  readonly arrays: { texts: TextArrays };

  constructor(reader: ByteReader, count: number) {
    const [starts, ends] = [new Uint32Array(count), new Uint32Array(count)];
    const begin = reader.position;
    for (let index = 0; index < count; index++) {
      const length = reader.varint();
      starts[index] = reader.skip(length) - begin;
      ends[index] = reader.position - begin;
    }
    this.arrays = { texts: { bytes: reader.bytes.subarray(begin, reader.position), starts, ends } };
  }

  at(index: number): string {
    const { bytes, starts, ends } = this.arrays.texts;
    const [start, end] = [starts[index] as number, ends[index] as number];
    return start === end ? '' : bytes.toString('utf8', start, end);
  }
}

/** LowCardinality(String): each text once. */
export class DictionaryColumn implements ValueColumn<string> {
  readonly #keys: TextColumn;
  readonly #numbers: Uint8Array | Uint16Array | Uint32Array;
  /** Of `#keys`, as far as they were asked for. */
  readonly #texts: (string | undefined)[] = [];

  constructor(keys: TextColumn, numbers: Uint8Array | Uint16Array | Uint32Array) {
    this.#keys = keys;
    this.#numbers = numbers;
  }

  get arrays(): ColumnArrays {
    return { values: this.#numbers, ...this.#keys.arrays };
  }

  at(index: number): string {
    const number = this.#numbers[index] as number;
    const text = this.#texts[number] ?? this.#keys.at(number);
    this.#texts[number] = text;
    return text;
  }
}
