import type uPlot from 'uplot';
import type { CanvasColors } from './canvas-colors.ts';
import { plotAxis, timeAxis } from './plot-axes.ts';

export interface ChartLine {
  readonly name: string;
  readonly color: { readonly light: string; readonly dark: string };
  /** One per step; null where there is none. */
  readonly values: readonly (number | null)[];
}

interface Wanted {
  lines: readonly ChartLine[];
  width: number;
  height: number;
  colors: CanvasColors;
  format: (value: number) => string;
  syncKey: string | undefined;
  /** A stretch of time was dragged over, in milliseconds since 1970. */
  select: (fromMs: number, toMs: number) => void;
  /** The step under the pointer. */
  point: (index: number | undefined) => void;
}

export function lineOptions({ lines, width, height, colors, format, syncKey, select, point }: Wanted): uPlot.Options {
  return {
    width,
    height,
    ms: 1,
    legend: { show: false },
    cursor: {
      y: false,
      points: { size: 6 },
      drag: { x: true, y: false, setScale: false, dist: 6 },
      ...(syncKey && { sync: { key: syncKey, setSeries: false } }),
    },
    padding: [10, 14, 0, 0],
    scales: { x: { time: true }, y: { range: (_, __, max) => [0, max > 0 ? max * 1.08 : 1] } },
    series: [{}, ...lines.map((line) => seriesOf(line, colors))],
    axes: [
      timeAxis(colors),
      { ...plotAxis(colors), size: 58, gap: 8, space: 34, values: (_, splits) => splits.map(format) },
    ],
    hooks: {
      setCursor: [({ cursor: { idx, left = -1 } }) => point(left < 0 || idx === null ? undefined : idx)],
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

function seriesOf({ name, color, values }: ChartLine, { theme }: CanvasColors): uPlot.Series {
  // A line needs two neighbours: values that stand alone are dots.
  const alone = values.filter((value, n) => value !== null && values[n - 1] == null && values[n + 1] == null).length;
  return { label: name, stroke: color[theme], width: 1.5, points: { show: alone > 0, size: 4 } };
}
