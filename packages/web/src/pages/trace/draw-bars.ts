/**
 * The bars of the rows in sight. Height tells what a span did: tall where it worked itself, a thin
 * line where it waited for its children. Strength of colour tells whether it mattered: full where
 * the whole trace waited for it (the critical path), pale elsewhere. So the span to blame is the
 * tall, strong one. An error is a red diamond at the end, as in the scatter plot.
 */
import type { CriticalPath } from '../../model/critical-path.ts';
import { type RowLayout, timelinePaddingPx, timeWidth } from '../../model/row-layout.ts';
import { selfStretches } from '../../model/self-time.ts';
import { nanoText } from '../../model/time-text.ts';
import { type TimeWindow, ticks, toPixel } from '../../model/timeline.ts';
import type { TraceSpan } from '../../model/trace.ts';
import type { CanvasColors } from '../../ui/canvas-colors.ts';

export interface BarScene {
  rows: readonly TraceSpan[];
  /** The rows to draw, as indexes; the canvas begins at `first`. */
  first: number;
  last: number;
  window: TimeWindow;
  layout: RowLayout;
  height: number;
  criticalPath: CriticalPath | undefined;
  colors: CanvasColors;
  colorOf: (service: string) => string;
}

const tallPx = 12;
const thinPx = 3;
const eventGapPx = 6;
const paleAlpha = { light: 0.38, dark: 0.45 } as const;

export function drawBars(context: CanvasRenderingContext2D, scene: BarScene): void {
  drawGridLines(context, scene);
  context.font = '500 11px Inter, system-ui, sans-serif';
  context.textBaseline = 'middle';
  for (let i = scene.first; i <= scene.last; i++) {
    const span = scene.rows[i];
    if (span) drawRow(context, scene, span, (i - scene.first) * scene.layout.rowHeight + scene.layout.barMiddle);
  }
}

function drawGridLines(context: CanvasRenderingContext2D, { window, layout, height, colors }: BarScene): void {
  context.fillStyle = colors.line;
  context.globalAlpha = 0.7;
  for (const { at } of ticks(window, timeWidth(layout))) {
    context.fillRect(Math.round(placeOf(at, window, layout)), 0, 1, height);
  }
  context.globalAlpha = 1;
}

function drawRow(context: CanvasRenderingContext2D, scene: BarScene, span: TraceSpan, middle: number): void {
  const { window, layout, criticalPath, colors } = scene;
  const left = placeOf(span.start, window, layout);
  const right = Math.max(left + 2, placeOf(span.end, window, layout));
  if (right < 0 || left > layout.timelineWidth) {
    drawOffscreenHint(context, scene, span, middle);
    return;
  }
  context.fillStyle = scene.colorOf(span.service);
  context.globalAlpha = criticalPath ? paleAlpha[colors.theme] : 1;
  drawWork(context, scene, span, middle);
  context.globalAlpha = 1;
  for (const { start, end } of criticalPath?.bySpanId.get(span.id) ?? [])
    fillStretch(context, scene, start, end, middle, tallPx);
  drawEvents(context, scene, span, middle);
  if (span.isError) drawDiamond(context, Math.min(right, layout.timelineWidth - 6), middle, colors);
  drawLabel(context, scene, span, left, right, middle);
}

/** Side by side rather than over each other: two pale coats would be darker than one. */
function drawWork(context: CanvasRenderingContext2D, scene: BarScene, span: TraceSpan, middle: number): void {
  let waitsFrom = span.start;
  for (const { start, end } of span.duration === 0 ? [span] : selfStretches(span)) {
    if (start > waitsFrom) fillStretch(context, scene, waitsFrom, start, middle, thinPx);
    fillStretch(context, scene, start, end, middle, tallPx);
    waitsFrom = end;
  }
  if (waitsFrom < span.end) fillStretch(context, scene, waitsFrom, span.end, middle, thinPx);
}

function fillStretch(
  context: CanvasRenderingContext2D,
  { window, layout }: BarScene,
  start: number,
  end: number,
  middle: number,
  thickness: number,
): void {
  const left = placeOf(start, window, layout);
  const shortest = thickness === tallPx ? 2 : 0;
  fillBar(
    context,
    left,
    Math.max(left + shortest, placeOf(end, window, layout)),
    middle,
    thickness,
    layout.timelineWidth,
  );
}

function fillBar(
  context: CanvasRenderingContext2D,
  left: number,
  right: number,
  middle: number,
  thickness: number,
  width: number,
): void {
  const from = Math.max(left, -4);
  const to = Math.min(right, width + 4);
  if (to <= from) return;
  context.beginPath();
  context.roundRect(from, middle - thickness / 2, to - from, thickness, Math.min(2, (to - from) / 2));
  context.fill();
}

function drawEvents(
  context: CanvasRenderingContext2D,
  { window, layout, colors }: BarScene,
  span: TraceSpan,
  middle: number,
): void {
  const events = span.raw.events ?? [];
  if (events.length === 0) return;
  context.fillStyle = colors.ink2;
  const origin = BigInt(span.raw.startTimeUnixNano);
  let last = Number.NEGATIVE_INFINITY;
  for (const event of events) {
    if (event.name === 'exception') continue;
    const x = Math.round(placeOf(span.start + Number(BigInt(event.timeUnixNano) - origin), window, layout));
    // A hundred of them would hide the bar.
    if (Math.abs(x - last) < eventGapPx) continue;
    context.fillRect(x, middle - tallPx / 2 - 2, 1, tallPx + 4);
    last = x;
  }
}

function drawDiamond(context: CanvasRenderingContext2D, x: number, y: number, colors: CanvasColors): void {
  context.fillStyle = colors.error;
  context.strokeStyle = colors.surface;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x, y - 6);
  context.lineTo(x + 6, y);
  context.lineTo(x, y + 6);
  context.lineTo(x - 6, y);
  context.closePath();
  context.stroke();
  context.fill();
}

/** Behind the bar where there is room, else before it, else on it, upon a plate. */
function drawLabel(
  context: CanvasRenderingContext2D,
  { layout, colors }: BarScene,
  span: TraceSpan,
  left: number,
  right: number,
  middle: number,
): void {
  const text = nanoText(span.duration);
  const width = context.measureText(text).width;
  const gap = span.isError ? 11 : 6;
  const after = Math.max(right, 0) + gap;
  context.fillStyle = colors.ink2;
  if (after + width <= layout.timelineWidth - 2) context.fillText(text, after, middle + 0.5);
  else if (left - gap - width >= 2) context.fillText(text, left - gap - width, middle + 0.5);
  else drawOnPlate(context, text, layout.timelineWidth - width - 14, width, middle, colors);
}

function drawOnPlate(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  width: number,
  middle: number,
  colors: CanvasColors,
): void {
  context.fillStyle = colors.surface;
  context.beginPath();
  context.roundRect(x - 5, middle - 8, width + 10, 16, 4);
  context.fill();
  context.fillStyle = colors.ink2;
  context.fillText(text, x, middle + 0.5);
}

/** Out of the shown stretch: an arrow at the edge says on which side it lies. */
function drawOffscreenHint(
  context: CanvasRenderingContext2D,
  { window, layout, colors }: BarScene,
  span: TraceSpan,
  middle: number,
): void {
  const before = span.end < window.start;
  context.fillStyle = colors.ink3;
  context.globalAlpha = 0.6;
  context.fillText(before ? '‹' : '›', before ? 3 : layout.timelineWidth - 8, middle);
  context.globalAlpha = 1;
}

function placeOf(at: number, window: TimeWindow, layout: RowLayout): number {
  return timelinePaddingPx + toPixel(at, window, timeWidth(layout));
}
