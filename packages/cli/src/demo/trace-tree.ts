/** A trace as lines of text: each span under its parent, with its length and where in time it stood. */
import { formatDuration, type Span, type TracesData } from '@sightline/wire';
import { spansOf } from './spans-of.ts';

export interface TreeLine {
  spanId: string;
  serviceName: string;
  /** Indented by its depth. */
  title: string;
  duration: string;
  /** Drawn to the scale of the trace, `barWidth` characters long. */
  bar: string;
  failed: boolean;
}

const barWidth = 32;

export function traceTree(trace: TracesData): TreeLine[] {
  const spans = placedSpans(trace);
  const ids = new Set(spans.map(({ span }) => span.spanId));
  const children = new Map<string, PlacedSpan[]>();
  for (const placed of spans) {
    const parent = placed.span.parentSpanId ?? '';
    const key = ids.has(parent) ? parent : '';
    children.set(key, [...(children.get(key) ?? []), placed]);
  }
  const scale = scaleOf(spans);
  return below('', 0);

  function below(parent: string, depth: number): TreeLine[] {
    return (children.get(parent) ?? []).flatMap((placed) => [
      treeLine(placed, depth, scale),
      ...below(placed.span.spanId, depth + 1),
    ]);
  }
}

interface PlacedSpan {
  span: Span;
  serviceName: string;
  start: bigint;
  end: bigint;
}

/** In the order of their starts. */
function placedSpans(trace: TracesData): PlacedSpan[] {
  const placed = spansOf(trace).map(({ span, serviceName }) => ({
    span,
    serviceName,
    start: BigInt(span.startTimeUnixNano),
    end: BigInt(span.endTimeUnixNano),
  }));
  return placed.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
}

interface Scale {
  start: bigint;
  nanoPerCharacter: number;
}

function scaleOf(spans: readonly PlacedSpan[]): Scale {
  const start = spans[0]?.start ?? 0n;
  let end = start;
  for (const placed of spans) if (placed.end > end) end = placed.end;
  return { start, nanoPerCharacter: Math.max(1, Number(end - start)) / barWidth };
}

function treeLine({ span, serviceName, start, end }: PlacedSpan, depth: number, scale: Scale): TreeLine {
  return {
    spanId: span.spanId,
    serviceName,
    title: `${'  '.repeat(depth)}${span.name}`,
    duration: formatDuration(end - start),
    bar: barOf(Number(start - scale.start), Number(end - scale.start), scale.nanoPerCharacter),
    failed: span.status?.code === 2,
  };
}

function barOf(startNano: number, endNano: number, nanoPerCharacter: number): string {
  const from = Math.min(barWidth - 1, Math.floor(startNano / nanoPerCharacter));
  const to = Math.max(from + 1, Math.min(barWidth, Math.round(endNano / nanoPerCharacter)));
  return '·'.repeat(from) + '━'.repeat(to - from) + '·'.repeat(barWidth - to);
}
