import 'uplot/dist/uPlot.min.css';
import '../styles/line-chart.css';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import UPlot from 'uplot';
import { timeText } from '../model/time-text.ts';
import { useSize } from '../state/size.ts';
import { useStillWhilePressed } from '../state/still.ts';
import { useCanvasColors } from './canvas-colors.ts';
import { type ChartLine, lineOptions } from './line-options.ts';

interface Props {
  /** Milliseconds since 1970, of each step's beginning. */
  times: readonly number[];
  lines: readonly ChartLine[];
  /** Writes a value, on the axis and at the pointer. */
  format: (value: number) => string;
  /** What it shows, for those who do not see it. */
  label: string;
  /** Charts with the same key show the pointer at the same time. */
  syncKey?: string;
  /** A stretch of time was dragged over; RFC 3339. */
  onRange: (from: string, to: string) => void;
}

export function LineChart({ format, label, syncKey, onRange, ...newest }: Props): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  const { times, lines } = useStillWhilePressed(place, newest);
  const { width, height } = useSize(place);
  const colors = useCanvasColors();
  const [pointed, setPointed] = useState<number>();
  const taker = useRef(onRange);
  taker.current = onRange;
  useEffect(() => {
    if (!place.current || width === 0 || height === 0) return;
    const select = (from: number, to: number) =>
      taker.current(new Date(from).toISOString(), new Date(to).toISOString());
    const options = lineOptions({ lines, width, height, colors, format, syncKey, select, point: setPointed });
    const made = new UPlot(options, [[...times], ...lines.map(({ values }) => [...values])], place.current);
    return () => made.destroy();
  }, [times, lines, width, height, colors, format, syncKey]);
  const at = pointed === undefined ? undefined : times[pointed];
  return (
    <div className="line-chart" ref={place} role="img" aria-label={label} onPointerLeave={() => setPointed(undefined)}>
      {at !== undefined && pointed !== undefined && (
        <div className="line-chart-card" data-side={pointed > times.length / 2 ? 'left' : 'right'}>
          <p className="faint">{timeText(at)}</p>
          {shownAt(lines, pointed, colors.theme).map(({ name, value, color }) => (
            <p key={name}>
              <span className="swatch" style={{ background: color }} />
              <span className="line-chart-name">{name}</span>
              <strong>{format(value)}</strong>
            </p>
          ))}
        </div>
      )}
    </div>
  );
}

const mostShown = 8;

/** The largest values at that moment. */
function shownAt(
  lines: readonly ChartLine[],
  index: number,
  theme: 'light' | 'dark',
): { name: string; value: number; color: string }[] {
  return lines
    .flatMap(({ name, values, color }) => {
      const value = values[index];
      return typeof value === 'number' ? [{ name, value, color: color[theme] }] : [];
    })
    .sort((a, b) => b.value - a.value)
    .slice(0, mostShown);
}
