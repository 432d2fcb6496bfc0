/** A trace as lines: each span under its parent, with its length and where in time it stood. */
import {
  buildSpanTree,
  byStart,
  formatDuration,
  type Span,
  spanRows,
  type TimedSpan,
  type TracedSpan,
  type TracesData,
  tracedSpans,
} from '@sightline/wire';

export interface TreeLine {
  span: Span;
  serviceName: string;
  /** 0 for a root. */
  depth: number;
  duration: string;
  /** Drawn to the scale of the trace, as many characters long as was asked for. */
  bar: string;
  failed: boolean;
}

/** In the order of their rows: every span before its children, siblings by their starts. */
export function traceTree(trace: TracesData, barWidth = 32): TreeLine[] {
  const spans = tracedSpans(trace).sort(byStart);
  const scale = scaleOf(spans, barWidth);
  return spanRows(buildSpanTree(spans)).map(({ index, depth }) => treeLine(spans[index] as TracedSpan, depth, scale));
}

interface Scale {
  startUnixNano: bigint;
  nanoPerCharacter: number;
  width: number;
}

function scaleOf(spans: readonly TimedSpan[], width: number): Scale {
  const startUnixNano = spans[0]?.startUnixNano ?? 0n;
  let end = startUnixNano;
  for (const span of spans) if (span.endUnixNano > end) end = span.endUnixNano;
  return { startUnixNano, width, nanoPerCharacter: Math.max(1, Number(end - startUnixNano)) / width };
}

function treeLine(
  { span, serviceName, startUnixNano, endUnixNano }: TracedSpan,
  depth: number,
  scale: Scale,
): TreeLine {
  const end = endUnixNano > startUnixNano ? endUnixNano : startUnixNano;
  return {
    span,
    serviceName,
    depth,
    duration: formatDuration(end - startUnixNano),
    bar: barOf(Number(startUnixNano - scale.startUnixNano), Number(end - scale.startUnixNano), scale),
    failed: span.status?.code === 2,
  };
}

function barOf(startNano: number, endNano: number, { nanoPerCharacter, width }: Scale): string {
  const from = Math.min(width - 1, Math.floor(startNano / nanoPerCharacter));
  const to = Math.max(from + 1, Math.min(width, Math.round(endNano / nanoPerCharacter)));
  return '·'.repeat(from) + '━'.repeat(to - from) + '·'.repeat(width - to);
}
