/** For tests: random spans as JSON, and what metrics of them should be, counted the plain way. */
import type { Span, SpanKindNumber, TracesData } from '@sightline/wire';
import fc from 'fast-check';

export interface PlainSpan {
  service: string;
  name: string;
  kind: SpanKindNumber;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  isParentRemote: boolean;
  startUnixNano: bigint;
  durationNano: bigint;
  isError: boolean;
}

/** 2025-11-22T08:00:00Z */
export const hourUnixNano = 1_763_798_400_000_000_000n;
const second = 1_000_000_000n;

/** Over three hours, in few names, so that many fall into the same groups. */
export const arbitrarySpans: fc.Arbitrary<PlainSpan[]> = fc
  .array(
    fc.record({
      service: fc.constantFrom('cart', 'checkout', 'mail'),
      name: fc.constantFrom('', 'GET /', 'work'),
      kind: fc.constantFrom<SpanKindNumber[]>(0, 1, 2, 3, 4, 5),
      hasParent: fc.boolean(),
      isParentRemote: fc.boolean(),
      second: fc.oneof(fc.integer({ min: 0, max: 10_800 }), fc.constantFrom(0, 59, 60, 3599, 3600)),
      durationNano: fc.oneof(fc.bigInt(0n, 40n), fc.bigInt(0n, 10n ** 10n), fc.constantFrom(0n, 1n, 2n ** 53n + 1n)),
      isError: fc.boolean(),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((all) =>
    all.map(({ hasParent, second: at, ...span }, i) => ({
      ...span,
      traceId: (i + 1).toString(16).padStart(32, '0'),
      spanId: (i + 1).toString(16).padStart(16, '0'),
      ...(hasParent ? { parentSpanId: 'ff'.repeat(8) } : {}),
      startUnixNano: hourUnixNano + BigInt(at) * second,
    })),
  );

export function tracesOf(spans: readonly PlainSpan[]): TracesData {
  return {
    resourceSpans: spans.map((span) => ({
      resource: { attributes: [{ key: 'service.name', value: { stringValue: span.service } }] },
      scopeSpans: [{ spans: [otlpOf(span)] }],
    })),
  };
}

function otlpOf({ traceId, spanId, parentSpanId, name, kind, ...span }: PlainSpan): Span {
  return {
    traceId,
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    name,
    kind,
    flags: span.isParentRemote ? 0x300 : 0x100,
    startTimeUnixNano: String(span.startUnixNano),
    endTimeUnixNano: String(span.startUnixNano + span.durationNano),
    ...(span.isError ? { status: { code: 2 } } : {}),
  };
}

/** How surely a span is where its service was entered. */
export function entryOf({ kind, parentSpanId, isParentRemote }: PlainSpan): number {
  if (kind === 2 || kind === 5) return 2;
  return parentSpanId === undefined || isParentRemote ? 1 : 0;
}

/** The duration at a share of the spans' number, of the sorted durations: not interpolated. */
export function percentileOf(spans: readonly PlainSpan[], share: number): number {
  const sorted = spans.map(({ durationNano }) => Number(durationNano)).sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
