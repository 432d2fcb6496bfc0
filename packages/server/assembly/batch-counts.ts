/**
 * What a batch adds to the tables that count, as numbers of which TypeScript makes rows (`src/encode/batch-counts.ts` and
 * `span-metrics.ts`, which draws the cells): counted while the spans are encoded, when every name is a number already.
 *
 *   group     = service │ name │ kind │ hour │ spans │ errors (u32 each) │ latest start (u64)
 *   key group = scope │ service │ slot │ spans (u32 each)
 *   cell      = one number for each span: a float of 64 bits, once they are in order
 */
import { isSame } from './bytes';
import { Dictionary } from './dictionary';
import { SlotCounts } from './slot-counts';
import { sorted } from './sort';
import { SpanFields } from './span-fields';
import { Table } from './table';

const groupSize: usize = 32;
const groupKeySize: usize = 16;
const keyGroupSize: usize = 16;
const keyGroupKeySize: usize = 12;

/** The last full hour, and the start of the last minute, that 32 bits of seconds can hold. */
const lastHourUnix: u64 = 4_294_965_600;
const lastMinuteUnix: u64 = 4_294_967_280;
const billion: u64 = 1_000_000_000;

const statusError: u32 = 2;
const kindServer: u32 = 2;
const kindConsumer: u32 = 5;
/** Of `flags`: whether the parent is in another process. */
const parentIsRemote: u32 = 0x200;

const groupNumbers = new Dictionary(false);
export const groups: Table = new Table(512 * groupSize);
const keyGroupNumbers = new Dictionary(false);
export const keyGroups: Table = new Table(512 * keyGroupSize);
const cells = new Table(8192);
let cellCount: usize = 0;
let sortedCells: usize = 0;

/** By the last digits of a name's number: service │ name │ kind │ hour │ group + 1, of the spans that had it last. */
const recent = new Table(1024 * 32);
/** What is looked for. */
const key = new Table(16);

export function clearCounts(): void {
  groupNumbers.clear();
  groups.clear();
  keyGroupNumbers.clear();
  keyGroups.clear();
  cells.clear();
  recent.clear();
  key.clear();
  cellCount = 0;
}

export function groupCount(): u32 {
  return groupNumbers.size;
}

export function keyGroupCount(): u32 {
  return keyGroupNumbers.size;
}

/** Puts the cells in order, as numbers that TypeScript can read. */
export function completeCells(): void {
  sortedCells = sorted(cells.at, cellCount);
  const end = sortedCells + (cellCount << 3);
  for (let at = sortedCells; at < end; at += 8) store<f64>(at, load<u64>(at) as f64);
}

/** One for each span, in ascending order. */
export function cellsAt(): usize {
  return sortedCells;
}

/** Of some spans of one service: each counts for `times` spans. @param scope 0: span, 1: resource */
export function countKeys(scope: u32, service: u32, counts: SlotCounts, times: u32): void {
  if (times === 0) return;
  for (let i: usize = 0; i < counts.size; i++) {
    const slot = counts.slotAt(i);
    store<u32>(key.at, scope);
    store<u32>(key.at, service, 4);
    store<u32>(key.at, slot, 8);
    const offset = (keyGroupNumbers.numberOf(key.at, keyGroupKeySize) as usize) * keyGroupSize;
    keyGroups.reserve(offset + keyGroupSize);
    const group = keyGroups.at + offset;
    memory.copy(group, key.at, keyGroupKeySize);
    store<u32>(group, load<u32>(group, 12) + counts.of(slot) * times, 12);
  }
}

export function countSpan(service: u32, name: u32, span: SpanFields): void {
  const seconds = span.startNano / billion;
  store<u32>(key.at, service);
  store<u32>(key.at, name, 4);
  store<u32>(key.at, span.kind, 8);
  store<u32>(key.at, min((seconds / 3600) * 3600, lastHourUnix) as u32, 12);
  const number = groupOf(name);
  const group = groups.at + (number as usize) * groupSize;
  store<u32>(group, load<u32>(group, 16) + 1, 16);
  if (span.statusCode === statusError) store<u32>(group, load<u32>(group, 20) + 1, 20);
  store<u64>(group, max(load<u64>(group, 24), span.startNano), 24);
  addCell(cellOf(number, seconds, span));
}

/** A group is mostly the one that the same name had last. */
function groupOf(name: u32): u32 {
  const known = recent.at + ((name & 1023) as usize) * 32;
  const number = load<u32>(known, 16);
  if (number !== 0 && isSame(known, key.at, groupKeySize)) return number - 1;
  const found = groupNumbers.numberOf(key.at, groupKeySize);
  const offset = (found as usize) * groupSize;
  groups.reserve(offset + groupSize);
  memory.copy(groups.at + offset, key.at, groupKeySize);
  memory.copy(known, key.at, groupKeySize);
  store<u32>(known, found + 1, 16);
  return found;
}

function cellOf(group: u32, seconds: u64, span: SpanFields): u64 {
  const minute = (min(seconds, lastMinuteUnix) / 60) % 60;
  const error: u64 = span.statusCode === statusError ? 1 : 0;
  return ((group as u64) << 24) | (minute << 18) | (bucketOf(span) << 3) | (entryOf(span) << 1) | error;
}

function addCell(cell: u64): void {
  cells.reserve((cellCount + 1) << 3);
  store<u64>(cells.at + (cellCount++ << 3), cell);
}

/** The top 16 bits of the duration, as a float. */
function bucketOf(span: SpanFields): u64 {
  const durationNano: u64 = span.endNano > span.startNano ? span.endNano - span.startNano : 0;
  return reinterpret<u64>(durationNano as f64) >> 48;
}

/** Whether a span is where its service was entered: 2 for sure, 1 as a root, 0 inside. */
function entryOf(span: SpanFields): u64 {
  if (span.kind === kindServer || span.kind === kindConsumer) return 2;
  return span.parentSpanId.size === 0 || (span.flags & parentIsRemote) !== 0 ? 1 : 0;
}
