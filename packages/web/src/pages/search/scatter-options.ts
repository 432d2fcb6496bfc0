import { formatDuration } from '@sightline/wire';
import type uPlot from 'uplot';
import { linearSplits, logRange, logSplits } from '../../model/duration-axis.ts';
import type { ScatterPoint } from '../../model/scatter.ts';
import type { CanvasColors } from '../../ui/canvas-colors.ts';
import { plotAxis, timeAxis } from '../../ui/plot-axes.ts';

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
      timeAxis(colors),
      {
        ...plotAxis(colors),
        size: 58,
        gap: 8,
        splits: durationSplits(scale),
        // uPlot's own would leave out what is no power of ten.
        filter: (_, splits) => splits,
        values: (_, splits) => splits.map(durationLabel),
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

const labelSpacePx = 34;

function durationSplits(scale: 'log' | 'linear') {
  return (plot: uPlot, _axis: number, min: number, max: number): number[] => {
    const most = plot.bbox.height / devicePixelRatio / labelSpacePx;
    return scale === 'log' ? logSplits(min, max, most) : linearSplits(max, most);
  };
}

/** `1 m 00 s` is `1 m` on an axis, and nothing needs no unit. */
function durationLabel(nano: number): string {
  return nano === 0 ? '0' : formatDuration(BigInt(Math.round(nano))).replace(/ 00 [ms]$/, '');
}
