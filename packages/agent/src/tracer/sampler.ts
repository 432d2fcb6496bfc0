import type { TraceId } from './ids.ts';

/**
 * Decides once per span whether it is recorded and sent. Only what a trace is known by counts:
 * its id, and what the caller decided.
 */
export interface Sampler {
  /** For logs, as the OpenTelemetry SDKs write it: `ParentBased{root=TraceIdRatioBased{0.25}}`. */
  readonly description: string;
  /**
   * @param parentSampled undefined where the span has no valid parent
   * @param parentIsRemote whether the parent is in another process
   */
  isSampled(traceId: TraceId, parentSampled: boolean | undefined, parentIsRemote?: boolean): boolean;
}

export const alwaysOn: Sampler = { description: 'AlwaysOnSampler', isSampled: () => true };
export const alwaysOff: Sampler = { description: 'AlwaysOffSampler', isSampled: () => false };

/**
 * Samplers by their names in `OTEL_TRACES_SAMPLER`. Nothing is thrown: what cannot be read is told
 * in `problem`, and the specification's default stands in.
 */
export function createSampler(name: string, argument: string | undefined): { sampler: Sampler; problem?: string } {
  switch (name) {
    case 'always_on':
      return { sampler: alwaysOn };
    case 'always_off':
      return { sampler: alwaysOff };
    case 'traceidratio':
      return ratioFrom(argument);
    case 'parentbased_always_on':
      return { sampler: parentBased(alwaysOn) };
    case 'parentbased_always_off':
      return { sampler: parentBased(alwaysOff) };
    case 'parentbased_traceidratio': {
      const root = ratioFrom(argument);
      return { ...root, sampler: parentBased(root.sampler) };
    }
    default:
      return { sampler: parentBased(alwaysOn), problem: `unknown sampler "${name}", using parentbased_always_on` };
  }
}

/** Follows the caller's decision, and asks `root` where there is no caller. */
export function parentBased(root: Sampler): Sampler {
  return {
    description: `ParentBased{root=${root.description}}`,
    isSampled: (traceId, parentSampled) => parentSampled ?? root.isSampled(traceId, undefined),
  };
}

/**
 * Decides by the trace id in the same way as OpenTelemetry's SDK for JavaScript (the words of the
 * id, xor'ed, against a bound), so that services traced by either keep or drop the same traces.
 */
export function traceIdRatio(ratio: number): Sampler {
  const bound = ratio >= 1 ? 0x1_0000_0000 : Math.floor(ratio * 0xffff_ffff);
  return {
    description: `TraceIdRatioBased{${ratio}}`,
    isSampled: (id) => (id.a ^ id.b ^ id.c ^ id.d) >>> 0 < bound,
  };
}

function ratioFrom(argument: string | undefined): { sampler: Sampler; problem?: string } {
  if (argument === undefined || argument.trim() === '') return { sampler: traceIdRatio(1) };
  const ratio = Number(argument);
  if (ratio >= 0 && ratio <= 1) return { sampler: traceIdRatio(ratio) };
  return { sampler: traceIdRatio(1), problem: `sampler argument "${argument}" is not a number from 0 to 1, using 1` };
}
