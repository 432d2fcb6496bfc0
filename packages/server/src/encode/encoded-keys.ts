import type { ColumnWriter, DictionaryKeys } from './columns.ts';
import { type EncoderModule, listedPieces } from './encoder-module.ts';

/** A dictionary of the module, by its number in `assembly/span-columns.ts`, once the batch is complete. */
export class EncodedKeys implements DictionaryKeys {
  readonly #module: EncoderModule;
  readonly #number: number;

  constructor(module: EncoderModule, number: number) {
    this.#module = module;
    this.#number = number;
  }

  get size(): number {
    return this.#module.dictionarySize(this.#number);
  }

  emptyNumber(): number {
    return this.#module.emptyNumber(this.#number);
  }

  writeKeys(out: ColumnWriter): void {
    for (const piece of listedPieces(this.#module, this.#module.listDictionary(this.#number))) out.raw(piece);
  }
}
