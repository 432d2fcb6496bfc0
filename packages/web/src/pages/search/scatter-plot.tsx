import 'uplot/dist/uPlot.min.css';
import { formatDuration, type TraceSummary } from '@sightline/wire';
import { useNavigate } from '@tanstack/react-router';
import { type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import UPlot from 'uplot';
import { nearestPoint, type PlacedPoint, type ScatterPoint, scatterPoints } from '../../model/scatter.ts';
import { clockText, countOf } from '../../model/time-text.ts';
import { serviceColor } from '../../state/service-colors.ts';
import { useSize } from '../../state/size.ts';
import { useStillWhilePressed } from '../../state/still.ts';
import { type CanvasColors, useCanvasColors } from '../../ui/canvas-colors.ts';
import { ServiceDot } from '../../ui/service.tsx';
import { drawMarks } from './draw-marks.ts';
import { scatterOptions } from './scatter-options.ts';

interface Props {
  traces: readonly TraceSummary[];
  scale: 'log' | 'linear';
  /** A stretch of time was dragged over; RFC 3339. */
  onRange: (from: string, to: string) => void;
}

export function ScatterPlot({ traces, scale, onRange }: Props): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(place);
  const colors = useCanvasColors();
  const shown = useStillWhilePressed(place, traces);
  const points = useMemo(() => scatterPoints(shown), [shown]);
  const { hovered, rehover } = usePlot(place, points, scale, width, height, colors, onRange);
  const navigate = useNavigate();
  const open = () => {
    if (hovered) void navigate({ to: '/trace/$traceId', params: { traceId: hovered.point.trace.traceId } });
  };
  return (
    // The list below holds the same traces as links: the plot is for eyes and pointers.
    // biome-ignore lint/a11y/useKeyWithClickEvents: every point is a link in the list below
    <div
      className="scatter"
      ref={place}
      data-hovered={hovered ? true : undefined}
      onClick={open}
      onPointerMove={rehover}
      onPointerLeave={() => rehover()}
      role="img"
      aria-label={`${countOf(shown.length, 'trace')} by start time and duration. The list below has the same traces.`}
    >
      {hovered && <HoverCard placed={hovered} width={width} />}
    </div>
  );
}

interface Plot {
  hovered: PlacedPoint | undefined;
  /** Without an event: nothing is hovered. */
  rehover: (event?: { clientX: number; clientY: number }) => void;
}

function usePlot(
  place: React.RefObject<HTMLDivElement | null>,
  points: readonly ScatterPoint[],
  scale: 'log' | 'linear',
  width: number,
  height: number,
  colors: CanvasColors,
  onRange: Props['onRange'],
): Plot {
  const [hovered, setHovered] = useState<PlacedPoint>();
  const plot = useRef<UPlot>(undefined);
  const placed = useRef<PlacedPoint[]>([]);
  const rangeTaker = useRef(onRange);
  rangeTaker.current = onRange;
  useEffect(() => {
    if (!place.current || width === 0 || height === 0) return;
    const options = scatterOptions({
      points,
      width,
      height,
      scale,
      colors,
      draw: (drawn) => {
        placed.current = points.map((point) => ({
          point,
          x: drawn.valToPos(point.x, 'x'),
          y: drawn.valToPos(point.y, 'y'),
        }));
        drawMarks(drawn, placed.current, colors, (service) => serviceColor(service)[colors.theme]);
      },
      select: (from, to) => rangeTaker.current(new Date(from).toISOString(), new Date(to).toISOString()),
    });
    const made = new UPlot(options, [points.map(({ x }) => x), points.map(({ y }) => y)], place.current);
    plot.current = made;
    setHovered(undefined);
    return () => made.destroy();
  }, [place, points, scale, width, height, colors]);

  return {
    hovered,
    rehover: (event) => {
      const over = plot.current?.over.getBoundingClientRect();
      const next =
        event && over ? nearestPoint(placed.current, event.clientX - over.left, event.clientY - over.top) : undefined;
      const moved =
        next && over && place.current ? withOffset(next, over, place.current.getBoundingClientRect()) : undefined;
      setHovered((before) => (before?.point === moved?.point ? before : moved));
    },
  };
}

/** From the plot's inner area to the whole place, in which the card stands. */
function withOffset(placed: PlacedPoint, inner: DOMRect, outer: DOMRect): PlacedPoint {
  return { point: placed.point, x: placed.x + inner.left - outer.left, y: placed.y + inner.top - outer.top };
}

function HoverCard({ placed: { point, x, y }, width }: { placed: PlacedPoint; width: number }): ReactElement {
  const { trace } = point;
  return (
    <>
      <span className="scatter-ring" style={{ translate: `${x}px ${y}px` }} />
      <div
        className="scatter-card"
        data-side={x > width / 2 ? 'left' : 'right'}
        style={{ left: `${x}px`, top: `${y}px` }}
      >
        <p className="scatter-card-title">
          <ServiceDot name={trace.rootServiceName} />
          <strong>{trace.rootSpanName || '(no name)'}</strong>
        </p>
        <p className="faint">{trace.rootServiceName}</p>
        <p>
          <strong>{formatDuration(BigInt(trace.durationNano))}</strong> · {countOf(trace.spanCount, 'span')}
          {trace.errorCount > 0 && <span className="error-text"> · {countOf(trace.errorCount, 'error')}</span>}
        </p>
        <p className="faint">{clockText(point.x)}</p>
      </div>
    </>
  );
}
