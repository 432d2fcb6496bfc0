import type uPlot from 'uplot';
import { markRadius, type PlacedPoint } from '../../model/scatter.ts';
import type { CanvasColors } from '../../ui/canvas-colors.ts';

/** Circles in the root service's colour; traces with errors are diamonds in red, on top. */
export function drawMarks(
  plot: uPlot,
  placed: readonly PlacedPoint[],
  colors: CanvasColors,
  colorOf: (service: string) => string,
): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.translate(bbox.left, bbox.top);
  ctx.scale(devicePixelRatio, devicePixelRatio);
  ctx.strokeStyle = colors.surface;
  ctx.lineWidth = 1;
  const ordered = [...placed].sort((a, b) => Number(a.point.isError) - Number(b.point.isError));
  for (const { point, x, y } of ordered) {
    const radius = markRadius(point.trace.spanCount);
    ctx.globalAlpha = point.isError ? 0.95 : 0.72;
    ctx.fillStyle = point.isError ? colors.error : colorOf(point.trace.rootServiceName);
    ctx.beginPath();
    if (point.isError) diamond(ctx, x, y, radius + 1.5);
    else ctx.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.fill();
    ctx.stroke();
  }
  ctx.restore();
}

function diamond(ctx: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  ctx.moveTo(x, y - radius);
  ctx.lineTo(x + radius, y);
  ctx.lineTo(x, y + radius);
  ctx.lineTo(x - radius, y);
  ctx.closePath();
}
