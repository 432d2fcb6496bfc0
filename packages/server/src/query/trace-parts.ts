/** SQL for a row of `spans`: its trace is in the part of that number, of so many. By the last byte of ids, which is random. */
export const isInPart = 'reinterpretAsUInt8(substring(trace_id, 16, 1)) % {parts:UInt8} = {part:UInt8}';

const mostParts = 64;

/** @returns values for `isInPart`, one after the other: what a join holds in memory is some `rowsPerPart` rows */
export function partsOf(rows: number, rowsPerPart: number): { parts: number; part: number }[] {
  const parts = Math.min(mostParts, Math.max(1, Math.ceil(rows / rowsPerPart)));
  return Array.from({ length: parts }, (_, part) => ({ parts, part }));
}
