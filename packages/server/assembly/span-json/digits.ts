/**
 * The eight decimal digits of a number below 10^8, each in a byte, the first one lowest: halved three times, both halves of all parts at
 * once, by multiplications with 1/100 and 1/10.
 */
export function digitsOf8(value: u32): u64 {
  const upper = value / 10_000;
  const fours = (upper as u64) | (((value - upper * 10_000) as u64) << 32);
  const hundreds = ((fours * 10_486) >> 20) & 0x0000007f_0000007f;
  const twos = hundreds | ((fours - hundreds * 100) << 16);
  const tens = ((twos * 103) >> 10) & 0x000f000f_000f000f;
  return tens | ((twos - tens * 10) << 8);
}
