/** The WebAssembly module that writes spans as JSON (`packages/server/assembly/span-json`, where `index.ts` says how its functions are called). */
import { WasmFile } from '../wasm-file.ts';

/** Places in its memory are offsets of bytes. */
export interface SpanJsonModule {
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

const file = new WasmFile<SpanJsonModule>(new URL('span-json.wasm', import.meta.url));

/** What it imports: `host.ts` there, and of `memory.ts`. */
const host = {
  outsideBlock(index: number): never {
    throw new RangeError(`a block has nothing at ${index >>> 0}, where one of its columns leads`);
  },
  outOfMemory(sizeBytes: number): never {
    throw new Error(`A trace is too large to be written: there is no memory for ${sizeBytes >>> 0} bytes more.`);
  },
};

/** Memory never shrinks: an instance that took more than this for a large trace is left to the collector. */
const keptBytes = 4 << 20;

let idle: SpanJsonModule | undefined;

/** An instance that nobody else uses, until it is given back. */
export function takeModule(): SpanJsonModule {
  const taken = idle ?? file.instance(host);
  idle = undefined;
  return taken;
}

export function giveBack(module: SpanJsonModule): void {
  module.clear();
  if (module.memory.buffer.byteLength <= keptBytes) idle = module;
}
