import { InvalidParameter } from './invalid-parameter.ts';
import { parseDurationOf } from './search-query.ts';
import type { TimeRange } from './time-range.ts';

/** A time range in pieces of the same length, of whole minutes: each begins at a multiple of it since 1970. */
export interface Steps {
  startUnixNano: bigint;
  stepNano: bigint;
  count: number;
}

const minuteNano = 60_000_000_000n;
const dayMinutes = 1440;
/** Where none is asked for: the shortest of these by which there are at most 100, or as many days as it takes. */
const usualMinutes = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, dayMinutes];
const usualCount = 100;
const maxCount = 1000;

/** @param step for example `5m`; @throws InvalidParameter */
export function parseSteps(range: TimeRange, step: string | undefined): Steps {
  const asked = parseDurationOf('step', step);
  const stepNano = asked ?? usualStep(range.endUnixNano - range.startUnixNano);
  if (stepNano === 0n || stepNano % minuteNano !== 0n) {
    throw invalidStep(
      step,
      'is not a number of whole minutes, in which spans are counted: give 1m, 5m or 1h, for example.',
    );
  }
  const startUnixNano = range.startUnixNano - (range.startUnixNano % stepNano);
  const count = Number((range.endUnixNano - startUnixNano) / stepNano) + 1;
  if (count > maxCount)
    throw invalidStep(
      step,
      `makes ${count} steps of the time range, and at most ${maxCount} are answered with: give a longer one.`,
    );
  return { startUnixNano, stepNano, count };
}

function usualStep(nano: bigint): bigint {
  const minutes = Number(nano / minuteNano) / usualCount;
  const usual = usualMinutes.find((candidate) => candidate >= minutes) ?? Math.ceil(minutes / dayMinutes) * dayMinutes;
  return BigInt(usual) * minuteNano;
}

function invalidStep(step: string | undefined, problem: string): InvalidParameter {
  return new InvalidParameter('invalid-step', 'step', `step=${JSON.stringify(step)} ${problem}`);
}
