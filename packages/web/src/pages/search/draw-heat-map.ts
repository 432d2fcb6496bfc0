import { formatDuration } from '@sightline/wire';
import { countShare, rampColor } from '../../model/color-ramp.ts';
import { logSplits } from '../../model/duration-axis.ts';
import { boxOf, type HeatArea, type HeatMap, type HeatPlace } from '../../model/heat-map.ts';
import { timeSplits } from '../../model/scatter.ts';
import type { CanvasColors } from '../../ui/canvas-colors.ts';
import { timeLabelFor } from '../../ui/plot-axes.ts';

export function heatPlace(width: number, height: number): HeatPlace {
  return { left: 62, top: 8, width: Math.max(width - 76, 1), height: Math.max(height - 34, 1) };
}

/** Cells by their counts, the area that is selected, and the axes. */
export function drawHeatMap(
  context: CanvasRenderingContext2D,
  map: HeatMap,
  place: HeatPlace,
  area: HeatArea | undefined,
  colors: CanvasColors,
): void {
  context.font = '500 11px Inter, system-ui, sans-serif';
  drawDurations(context, map, place, colors);
  drawTimes(context, map, place, colors);
  drawCells(context, map, place, colors);
  if (area) drawArea(context, boxOf(map, place, area), colors);
}

function drawCells(context: CanvasRenderingContext2D, map: HeatMap, place: HeatPlace, { theme }: CanvasColors): void {
  map.rows.forEach(({ counts }, row) => {
    counts.forEach((count, column) => {
      if (count === 0) return;
      const { left, top, width, height } = boxOf(map, place, { from: { column, row }, to: { column, row } });
      context.fillStyle = rampColor(countShare(count, map.max), theme);
      const air = width > 5 ? 1 : 0;
      context.fillRect(left, top, Math.max(width - air, 0.75), Math.max(height - air, 1));
    });
  });
}

function drawArea(context: CanvasRenderingContext2D, box: HeatPlace, colors: CanvasColors): void {
  context.strokeStyle = colors.ink;
  context.lineWidth = 1.5;
  context.strokeRect(box.left - 0.5, box.top - 0.5, box.width, box.height);
  context.fillStyle = colors.ink;
  context.globalAlpha = 0.08;
  context.fillRect(box.left, box.top, box.width, box.height);
  context.globalAlpha = 1;
}

function drawDurations(
  context: CanvasRenderingContext2D,
  { rows }: HeatMap,
  { left, top, width, height }: HeatPlace,
  colors: CanvasColors,
): void {
  const [low, high] = [rows[0]?.lowNano ?? 1, rows.at(-1)?.highNano ?? 2];
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const nano of logSplits(low, high, height / 30)) {
    const y = Math.round(top + height * (1 - Math.log(nano / low) / Math.log(high / low))) + 0.5;
    context.strokeStyle = colors.line;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(left, y);
    context.lineTo(left + width, y);
    context.stroke();
    context.fillStyle = colors.ink3;
    context.fillText(formatDuration(BigInt(Math.round(nano))).replace(/ 00 [ms]$/, ''), left - 8, y);
  }
}

function drawTimes(
  context: CanvasRenderingContext2D,
  { startMs, stepMs, columns }: HeatMap,
  { left, top, width, height }: HeatPlace,
  colors: CanvasColors,
): void {
  const endMs = startMs + stepMs * columns;
  const splits = timeSplits(startMs, endMs, width / 110, new Date(startMs).getTimezoneOffset());
  const label = timeLabelFor(splits);
  context.textAlign = 'center';
  context.textBaseline = 'top';
  context.fillStyle = colors.ink3;
  for (const at of splits) {
    const x = left + ((at - startMs) / (endMs - startMs)) * width;
    if (x > left + 14 && x < left + width - 14) context.fillText(label(at), x, top + height + 9);
  }
}
