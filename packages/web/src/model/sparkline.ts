/** Small lines in tables: a series as an SVG path, in a box of 100 × 100 that CSS stretches. */
export interface SparklinePath {
  /** Of the line; gaps where a value is null. */
  readonly line: string;
  /** Closed down to the bottom, to be filled. */
  readonly area: string;
}

const boxSize = 100;

/** @param max what stands at the top; values above it stand there too */
export function sparklinePath(values: readonly (number | null)[], max: number): SparklinePath {
  const runs = runsOf(values).map((run) => run.map(([n, value]) => pointAt(n, value, values.length, max)));
  const line = runs.map((points) => `M${points.join('L')}${points.length === 1 ? 'h0.01' : ''}`).join('');
  const area = runs.map(
    (points) => `M${xOf(points[0])},${boxSize}L${points.join('L')}L${xOf(points.at(-1))},${boxSize}Z`,
  );
  return { line, area: area.join('') };
}

export function largest(values: readonly (number | null)[]): number {
  return values.reduce<number>((max, value) => Math.max(max, value ?? 0), 0);
}

/** The stretches without a null, each value with its index. */
function runsOf(values: readonly (number | null)[]): [number, number][][] {
  const runs: [number, number][][] = [];
  let open = false;
  values.forEach((value, n) => {
    if (value !== null && !open) runs.push([]);
    if (value !== null) runs.at(-1)?.push([n, value]);
    open = value !== null;
  });
  return runs;
}

function pointAt(n: number, value: number, count: number, max: number): string {
  const x = count > 1 ? (n / (count - 1)) * boxSize : boxSize / 2;
  const y = max > 0 ? boxSize * (1 - Math.min(value / max, 1)) : boxSize;
  return `${round(x)},${round(y)}`;
}

function xOf(point: string | undefined): string {
  return point?.split(',', 1)[0] ?? '0';
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}
