/** What all plots' axes have in common, as uPlot takes it. */
import type uPlot from 'uplot';
import { timeSplits } from '../model/scatter.ts';
import type { CanvasColors } from './canvas-colors.ts';

export function plotAxis(colors: CanvasColors): uPlot.Axis {
  return {
    stroke: colors.ink3,
    font: '500 11px Inter, system-ui, sans-serif',
    ticks: { show: false },
    grid: { stroke: colors.line, width: 1 },
  };
}

/** Below the plot: round times of day, in milliseconds since 1970. */
export function timeAxis(colors: CanvasColors): uPlot.Axis {
  return {
    ...plotAxis(colors),
    grid: { show: false },
    space: 90,
    size: 26,
    gap: 8,
    splits: timeOfDaySplits,
    values: xLabels,
  };
}

function timeOfDaySplits(plot: uPlot, _axis: number, min: number, max: number): number[] {
  return timeSplits(min, max, plot.bbox.width / devicePixelRatio / 110, new Date(min).getTimezoneOffset());
}

/** One at the very edge would be cut off. */
function xLabels(plot: uPlot, splits: number[]): string[] {
  const last = plot.bbox.width / devicePixelRatio - 12;
  const label = timeLabelFor(splits);
  return splits.map((split) => (plot.valToPos(split, 'x') > last ? '' : label(split)));
}

const seconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const minutes = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const days = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** As exact as the distance of the splits needs. */
export function timeLabelFor(splits: readonly number[]): (ms: number) => string {
  const step = (splits[1] ?? 0) - (splits[0] ?? 0);
  const format = step >= 86_400_000 ? days : step >= 60_000 ? minutes : seconds;
  return (ms) => format.format(ms);
}
