/** What the nanoseconds of OTLP can say: 1970 to 2554. */
const maxUnixNano = 2n ** 64n - 1n;

/** Why OTLP has no number for a time; undefined for all others. */
export function timeProblem(name: string, unixNano: bigint): string | undefined {
  if (unixNano < 0n) return `${name} lies before 1970`;
  return unixNano > maxUnixNano ? `${name} lies after the year 2554` : undefined;
}
