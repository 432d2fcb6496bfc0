/** The WebAssembly module that encodes spans (`packages/server/assembly`, where `index.ts` says in which order its functions are called). */
import { WasmFile } from '../wasm-file.ts';
import type { EncoderHost } from './encoder-host.ts';

/** Places in its memory are offsets of bytes. */
export interface EncoderModule {
  readonly memory: { readonly buffer: ArrayBuffer };
  allocate(sizeBytes: number): number;
  setFilter(slotCount: number, shard: number): number;
  input(sizeBytes: number): number;
  append(sizeBytes: number): void;
  countOfSpans(): number;
  complete(receivedAtMs: number, writer: number): void;
  clear(): void;
  listColumn(column: number): number;
  listDictionary(dictionary: number): number;
  dictionarySize(dictionary: number): number;
  piecesAt(): number;
  emptyNumber(dictionary: number): number;
  groupCount(): number;
  groupsAt(): number;
  keyGroupCount(): number;
  keyGroupsAt(): number;
  cellsAt(): number;
}

const file = new WasmFile<EncoderModule>(new URL('spans.wasm', import.meta.url));

export function encoderModule(host: EncoderHost): EncoderModule {
  return file.instance(host.functions);
}

/** The first `count` pieces of what the module has just listed: valid until it takes memory again. */
export function listedPieces(module: EncoderModule, count: number): Uint8Array[] {
  const { buffer } = module.memory;
  const places = new Uint32Array(buffer, module.piecesAt(), 2 * count);
  return Array.from({ length: count }, (_, i) => new Uint8Array(buffer, places[2 * i], places[2 * i + 1]));
}
