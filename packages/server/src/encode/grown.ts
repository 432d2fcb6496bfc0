/** Twice as long, or `length` where that is more: the same numbers, and zeros behind them. */
export function grown<Numbers extends Int32Array | Uint32Array | Float64Array>(array: Numbers, length = 0): Numbers {
  const Kind = array.constructor as new (length: number) => Numbers;
  const longer = new Kind(Math.max(array.length * 2, length));
  longer.set(array);
  return longer;
}
