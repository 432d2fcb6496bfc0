/** Texts, each once, by number: the keys of a LowCardinality column of which few rows have something. The module has its own (`assembly/dictionary.ts`). */
import { ByteColumn } from './byte-column.ts';
import type { ColumnWriter, DictionaryKeys } from './columns.ts';

export class TextNumbers implements DictionaryKeys {
  readonly #numbers = new Map<string, number>();
  readonly #keys = new ByteColumn();

  get size(): number {
    return this.#numbers.size;
  }

  /** 0, 1, 2, … in the order of their first appearance. */
  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.size);
    this.#keys.string(text);
    return this.size - 1;
  }

  emptyNumber(): number {
    return this.numberOf('');
  }

  writeKeys(out: ColumnWriter): void {
    out.raw(this.#keys.written());
  }

  clear(): void {
    this.#numbers.clear();
    this.#keys.clear();
  }
}
