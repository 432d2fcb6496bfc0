/**
 * Durations as `span_metrics` has them: counted in buckets, whose number is the upper 16 bits of the nanoseconds as a float
 * (`encode/span-metrics.ts`). What is read off them is the middle of a bucket, which is off by 3.2 % at most.
 */
const float = new Float64Array(1);
const quarters = new Uint16Array(float.buffer);

/** The buckets in which 50, 95 and 99 % of the spans end; with `State` and `Merge` behind its name as any aggregate function. */
export function percentilesSql(suffix: '' | 'State' | 'Merge', column: string): string {
  return `quantilesExactWeightedArray${suffix}(0.5, 0.95, 0.99)(${column})`;
}

export function bucketOf(nano: number): number {
  float[0] = nano;
  return quarters[3] as number;
}

/** The least number of nanoseconds in it. */
export function bucketStart(bucket: number): number {
  float[0] = 0;
  quarters[3] = bucket;
  return float[0];
}

export function bucketMiddle(bucket: number): number {
  // Whole nanoseconds: below 32, a bucket holds but one value.
  return Math.floor((bucketStart(bucket) + bucketStart(bucket + 1)) / 2);
}
