/** A trace as lines: each span under its parent, with its length and where in time it stood. */
import { buildSpanTree, formatDuration, type Span, type TimedSpan, type TracesData } from '@sightline/wire';
import { spansOf } from './spans-of.ts';

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
  const spans = timedSpans(trace);
  const { parents } = buildSpanTree(spans);
  const scale = scaleOf(spans, barWidth);
  return rowsOf(parents).map(({ index, depth }) => treeLine(spans[index] as TracedSpan, depth, scale));
}

interface TracedSpan extends TimedSpan {
  span: Span;
}

/** In the order of their starts. */
function timedSpans(trace: TracesData): TracedSpan[] {
  const spans = spansOf(trace).map(({ span, serviceName }) => ({
    span,
    spanId: span.spanId,
    ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
    serviceName,
    kind: span.kind ?? 0,
    startUnixNano: BigInt(span.startTimeUnixNano),
    endUnixNano: BigInt(span.endTimeUnixNano),
  }));
  return spans.sort((a, b) => (a.startUnixNano < b.startUnixNano ? -1 : a.startUnixNano > b.startUnixNano ? 1 : 0));
}

interface Row {
  index: number;
  depth: number;
}

/** Not by recursion: a trace may be as deep as it has spans. */
function rowsOf(parents: Int32Array): Row[] {
  const children = new Map<number, number[]>();
  for (const [index, parent] of parents.entries()) {
    const siblings = children.get(parent);
    if (siblings) siblings.push(index);
    else children.set(parent, [index]);
  }
  const rows: Row[] = [];
  const stack: Row[] = [];
  const push = (parent: number, depth: number): void => {
    for (const index of children.get(parent)?.reverse() ?? []) stack.push({ index, depth });
  };
  push(-1, 0);
  for (let row = stack.pop(); row; row = stack.pop()) {
    rows.push(row);
    push(row.index, row.depth + 1);
  }
  return rows;
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
