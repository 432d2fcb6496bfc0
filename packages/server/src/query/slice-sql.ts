import { before, type TimeRange } from './time-range.ts';

/** SQL for a row of `spans`, with the values of `sliceValues`. */
export const inSlice = 'start_unix_nano BETWEEN {sliceStart:UInt64} AND {sliceEnd:UInt64}';

const maxNano = 2n ** 64n - 1n;

/** @param reachNano so much more at both ends */
export function sliceValues({ startUnixNano, endUnixNano }: TimeRange, reachNano = 0n): Record<string, string> {
  const end = endUnixNano + reachNano;
  return { sliceStart: String(before(startUnixNano, reachNano)), sliceEnd: String(end < maxNano ? end : maxNano) };
}
