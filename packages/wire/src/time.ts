/** Nanoseconds since 1970-01-01T00:00:00Z. A bigint, since a number has not enough digits. */
export type UnixNano = bigint & { readonly __unit: 'ns since 1970' };

/** A length of time in nanoseconds. */
export type DurationNano = bigint & { readonly __unit: 'ns' };

const unitNano: Record<string, bigint> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
};

/**
 * Reads `250ms`, `1.5s`, `2h45m`: one or more decimal numbers with a unit each (ns, us, µs, ms, s, m, h, d).
 * @returns undefined when the text is not a duration
 */
export function parseDuration(text: string): DurationNano | undefined {
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h|d))+$/.test(text)) return undefined;
  let totalNano = 0n;
  for (const [, whole = '0', fraction = '', unit = 'ns'] of text.matchAll(/(\d+)(?:\.(\d+))?(ns|us|µs|ms|s|m|h|d)/g)) {
    totalNano += nanoOf(BigInt(whole + fraction), 10n ** BigInt(fraction.length), unitNano[unit] ?? 1n);
  }
  return totalNano as DurationNano;
}

/** Rounded to the nearest nanosecond. */
function nanoOf(numerator: bigint, denominator: bigint, unit: bigint): bigint {
  return (2n * numerator * unit + denominator) / (2n * denominator);
}

/** `3.01 s`, `12.4 ms`, `830 µs`, `2 m 05 s`: three significant digits, the unit a person would choose. */
export function formatDuration(nano: bigint): string {
  const ns = Number(nano);
  if (ns < 1e3) return `${ns} ns`;
  if (ns < 1e6) return `${threeDigits(ns / 1e3)} µs`;
  if (ns < 999.5e6) return `${threeDigits(ns / 1e6)} ms`;
  if (ns < 59.95e9) return `${threeDigits(ns / 1e9)} s`;
  const seconds = Math.round(ns / 1e9);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${pad(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} m`;
}

/**
 * `97 %`, `under 1 %`: never rounded up to "100 %", nor down to "0 %", so that a figure and a sentence agree.
 * @param share 0 to 1
 */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.01) return 'under 1 %';
  return `${share < 1 ? Math.min(99, Math.round(share * 100)) : 100} %`;
}

function threeDigits(value: number): string {
  if (value >= 99.95) return value.toFixed(0);
  if (value >= 9.995) return value.toFixed(1).replace(/\.0$/, '');
  return value.toFixed(2).replace(/\.?0+$/, '');
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
