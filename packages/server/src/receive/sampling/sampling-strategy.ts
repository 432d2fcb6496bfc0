/** What a client is told, in the form of Jaeger's JSON; in protobuf the fields are the same. */
export interface SamplingStrategy {
  strategyType: 'PROBABILISTIC' | 'RATE_LIMITING';
  probabilisticSampling?: ProbabilisticSampling;
  rateLimitingSampling?: { maxTracesPerSecond: number };
  /** Goes before the others, for clients that know it. */
  operationSampling?: OperationSampling;
}

export interface OperationSampling {
  /** For operations that are not named. */
  defaultSamplingProbability: number;
  defaultLowerBoundTracesPerSecond: number;
  perOperationStrategies: { operation: string; probabilisticSampling: ProbabilisticSampling }[];
  defaultUpperBoundTracesPerSecond: number;
}

interface ProbabilisticSampling {
  /** From 0 to 1. */
  samplingRate: number;
}

export function probabilistic(samplingRate: number): SamplingStrategy {
  return { strategyType: 'PROBABILISTIC', probabilisticSampling: { samplingRate } };
}

export function rateLimiting(maxTracesPerSecond: number): SamplingStrategy {
  return { strategyType: 'RATE_LIMITING', rateLimitingSampling: { maxTracesPerSecond } };
}
