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

function bucketOf(nano: number): number {
  float[0] = nano;
  return quarters[3] as number;
}

/** The least number of nanoseconds in it. */
function bucketStart(bucket: number): number {
  float[0] = 0;
  quarters[3] = bucket;
  return float[0];
}

export function bucketMiddle(bucket: number): number {
  // Whole nanoseconds: below 32, a bucket holds but one value.
  return Math.floor((bucketStart(bucket) + bucketStart(bucket + 1)) / 2);
}

/** As ClickHouse answers with them: buckets in ascending order, and how many spans each has. */
export type Durations = readonly [buckets: readonly number[], counts: readonly (number | string)[]];

export class Histogram {
  readonly #buckets: readonly number[];
  readonly #counts: readonly number[];
  readonly #sum: number;

  constructor([buckets, counts]: Durations) {
    this.#buckets = buckets;
    this.#counts = counts.map(Number);
    this.#sum = this.#counts.reduce((sum, count) => sum + count, 0);
  }

  get lastBucket(): number {
    return this.#buckets.at(-1) ?? 0;
  }

  /** Of all but one of this duration itself, which share is shorter. In its own bucket they are taken as evenly spread. */
  shareBelow(nano: number): number {
    const own = bucketOf(nano);
    let below = 0;
    for (const [i, bucket] of this.#buckets.entries()) {
      const count = this.#counts[i] as number;
      if (bucket < own) below += count;
      else if (bucket === own)
        below += (count - 1) * ((nano - bucketStart(own)) / (bucketStart(own + 1) - bucketStart(own)));
    }
    return this.#sum <= 1 ? 0 : below / (this.#sum - 1);
  }

  /** As ClickHouse's quantileExactWeighted: the first bucket by whose end so many have come. */
  percentile(share: number): number {
    const wanted = Math.ceil(this.#sum * share);
    let seen = 0;
    for (const [i, bucket] of this.#buckets.entries()) {
      seen += this.#counts[i] as number;
      if (seen >= wanted) return bucketMiddle(bucket);
    }
    return 0;
  }
}
