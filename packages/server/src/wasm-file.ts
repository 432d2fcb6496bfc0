/** WebAssembly of ours (`packages/server/assembly`), as it is built beside the file that loads it. */
import { readFileSync } from 'node:fs';

/** What is used of it: its types come with those of browsers only. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: Record<string, object>) => { readonly exports: unknown };
};

/** @typeParam Exports what its `index.ts` exports */
export class WasmFile<Exports> {
  readonly #url: URL;
  #compiled: object | undefined;

  constructor(url: URL) {
    this.#url = url;
  }

  /** An instance, with a memory of its own. Compiled by the first. @param host what it imports of the host, by name */
  instance(host: object): Exports {
    this.#compiled ??= new WebAssembly.Module(readFileSync(this.#url));
    return new WebAssembly.Instance(this.#compiled, { host }).exports as Exports;
  }
}
