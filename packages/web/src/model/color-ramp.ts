/**
 * Colours from few to many, after viridis: evenly brighter in the dark, evenly darker in the light, so that many
 * is what stands out from the page in either theme; told apart by eyes that see red and green as one.
 */
type Rgb = readonly [red: number, green: number, blue: number];

const viridis: readonly Rgb[] = [
  [72, 35, 116],
  [64, 67, 135],
  [52, 94, 141],
  [41, 120, 142],
  [32, 144, 140],
  [34, 167, 132],
  [68, 190, 112],
  [121, 209, 81],
  [189, 222, 38],
  [253, 231, 36],
];

/** @param share 0 to 1 */
export function rampColor(share: number, theme: 'light' | 'dark'): string {
  const at = Math.min(Math.max(theme === 'dark' ? share : 1 - share, 0), 1) * (viridis.length - 1);
  const below = viridis[Math.floor(at)] as Rgb;
  const above = viridis[Math.ceil(at)] as Rgb;
  const part = at - Math.floor(at);
  return `rgb(${below.map((from, n) => Math.round(from + ((above[n] ?? from) - from) * part)).join(' ')})`;
}

/** Counts differ by magnitudes: a cell's place on the ramp is that of its logarithm. */
export function countShare(count: number, max: number): number {
  return max <= 1 ? 1 : Math.log1p(count - 1) / Math.log1p(max - 1);
}
