/**
 * OTLP protobuf bytes → the columns of ClickHouse's Native format, without an object per span or attribute: the ingest's hot path,
 * as a WebAssembly module. All below is called from `src/encode/encoder-module.ts`, in this order: `input`, the bytes are written there,
 * `append`, for each payload; `complete`; what a batch has is read off; `clear`.
 *
 * The input was checked on arrival (`checkTraces`); spans that were refused there are left out here by the same rule.
 */
import { clearCounts, completeCells, groups, keyGroups } from './batch-counts';
import { beginMemory, clearMemory } from './memory';
import { clearPieces, pieceCount, pieces, reservePieces } from './pieces';
import { clearFilter } from './shard-filter';
import { clearColumns, columnAt, completeColumns, dictionaryAt, names, receivedAt, writer } from './span-columns';
import { appendTraces, clearSpans, countOfSpans } from './span-encoder';
import { Table } from './table';
import { clearTexts } from './texts';

export { cellsAt, groupCount, keyGroupCount } from './batch-counts';
export { allocate } from './memory';
export { setFilter } from './shard-filter';
export { countOfSpans } from './span-encoder';

const inputBytes = new Table(1 << 16);

beginMemory();
clear();

/** The next batch begins empty; nothing of this one may be read any more. */
export function clear(): void {
  clearMemory();
  clearTexts();
  inputBytes.clear();
  pieces.clear();
  clearColumns();
  clearCounts();
  clearFilter();
  clearSpans();
}

/** @returns where the next payload, of `size` bytes, goes */
export function input(size: usize): usize {
  inputBytes.reserve(size);
  return inputBytes.at;
}

/** What is in the input: one TracesData. */
export function append(size: usize): void {
  appendTraces(inputBytes.at, inputBytes.at + size);
}

/** All of the batch is there. From here on until `clear`, nothing takes memory: what is read of it stays where it is. */
export function complete(receivedAtMs: f64, writerNumber: u32): void {
  const rowCount = countOfSpans();
  for (let i: u32 = 0; i < rowCount; i++) {
    receivedAt.values.uint64(receivedAtMs as u64);
    writer.values.uint32(writerNumber);
  }
  completeColumns(rowCount);
  completeCells();
  names.reserveOne();
  reservePieces();
}

/** Lists what a column of `spans` has. @returns how many pieces that is */
export function listColumn(number: i32): u32 {
  clearPieces();
  columnAt(number).list();
  return pieceCount();
}

/** Lists the keys of a dictionary. @returns how many pieces that is */
export function listDictionary(number: i32): u32 {
  clearPieces();
  dictionaryAt(number).keys.list();
  return pieceCount();
}

export function dictionarySize(number: i32): u32 {
  return dictionaryAt(number).size;
}

/** The number of the empty key, which it has from then on. */
export function emptyNumber(number: i32): u32 {
  return dictionaryAt(number).numberOf(0, 0);
}

export function piecesAt(): usize {
  return pieces.at;
}

export function groupsAt(): usize {
  return groups.at;
}

export function keyGroupsAt(): usize {
  return keyGroups.at;
}
