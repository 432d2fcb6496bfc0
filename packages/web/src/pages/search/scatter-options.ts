import { formatDuration } from '@sightline/wire';
import type uPlot from 'uplot';
import { type ScatterPoint, timeSplits } from '../../model/scatter.ts';
import type { CanvasColors } from '../../ui/canvas-colors.ts';

interface Wanted {
  points: readonly ScatterPoint[];
  width: number;
  height: number;
  scale: 'log' | 'linear';
  colors: CanvasColors;
  draw: (plot: uPlot) => void;
  /** A stretch of time was dragged over, in milliseconds since 1970. */
  select: (fromMs: number, toMs: number) => void;
}

/** uPlot draws the axes and turns values into places; the marks are our own (draw-marks.ts). */
export function scatterOptions({ points, width, height, scale, colors, draw, select }: Wanted): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: colors.ink3,
    font: '500 11px Inter, system-ui, sans-serif',
    ticks: { show: false },
    grid: { stroke: colors.line, width: 1 },
  };
  return {
    width,
    height,
    ms: 1,
    legend: { show: false },
    cursor: { points: { show: false }, x: false, y: false, drag: { x: true, y: false, setScale: false, dist: 6 } },
    padding: [10, 14, 0, 0],
    scales: {
      x: { time: true, range: withAir(points) },
      y:
        scale === 'log'
          ? { distr: 3, range: (_, min, max) => logRange(min, max) }
          : { range: (_, __, max) => [0, max * 1.1 || 1] },
    },
    series: [{}, { show: true, paths: () => null, points: { show: false } }],
    axes: [
      { ...axis, grid: { show: false }, space: 90, size: 26, gap: 8, splits: timeOfDaySplits, values: xLabels },
      {
        ...axis,
        size: 58,
        gap: 8,
        space: 34,
        ...(scale === 'log' && { splits: decades }),
        values: (_, splits) =>
          splits.map((split) => (split === null ? null : formatDuration(BigInt(Math.round(split))))),
      },
    ],
    hooks: {
      draw: [draw],
      setSelect: [
        (plot) => {
          if (plot.select.width < 6) return;
          const { left, width: selected } = plot.select;
          select(plot.posToVal(left, 'x'), plot.posToVal(left + selected, 'x'));
        },
      ],
    },
  };
}

/** A single trace, too, needs a stretch of time to stand in. Points come in order of time. */
function withAir(points: readonly ScatterPoint[]): [number, number] {
  const min = points[0]?.x ?? 0;
  const max = points.at(-1)?.x ?? min;
  const air = Math.max((max - min) * 0.03, 5000);
  return [min - air, max + air];
}

/** From the power of ten below to the one above, so that the lines are round. */
function logRange(min: number, max: number): [number, number] {
  const low = 10 ** Math.floor(Math.log10(Math.max(min, 1)) - 0.1);
  const high = 10 ** Math.ceil(Math.log10(Math.max(max, 10)) + 0.02);
  return [low, high];
}

function decades(_plot: uPlot, _axis: number, min: number, max: number): number[] {
  const splits: number[] = [];
  for (let decade = Math.ceil(Math.log10(min) - 1e-9); decade <= Math.log10(max) + 1e-9; decade++)
    splits.push(10 ** decade);
  return splits;
}

function timeOfDaySplits(plot: uPlot, _axis: number, min: number, max: number): number[] {
  return timeSplits(min, max, plot.bbox.width / devicePixelRatio / 110, new Date(min).getTimezoneOffset());
}

const seconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const minutes = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const days = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

function xLabels(_plot: uPlot, splits: number[]): string[] {
  const step = (splits[1] ?? 0) - (splits[0] ?? 0);
  const format = step >= 86_400_000 ? days : step >= 60_000 ? minutes : seconds;
  return splits.map((split) => format.format(split));
}
