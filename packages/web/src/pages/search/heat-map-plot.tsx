import type { MetricsResponse } from '@sightline/wire';
import { type ReactElement, useEffect, useMemo, useRef } from 'react';
import { rampColor } from '../../model/color-ramp.ts';
import { type Cell, type HeatMap, type HeatSelection, heatMapOf, rowText, selectionOf } from '../../model/heat-map.ts';
import { countOf, countText, timeText } from '../../model/time-text.ts';
import { useSize } from '../../state/size.ts';
import { beginDrawing } from '../../ui/canvas.ts';
import { useCanvasColors } from '../../ui/canvas-colors.ts';
import { drawHeatMap, heatPlace } from './draw-heat-map.ts';
import { useHeatBrush } from './use-heat-brush.ts';

interface Props {
  answer: MetricsResponse;
  onSelect: (selection: HeatSelection) => void;
}

/** Spans by start and duration: how many in each cell. */
export function HeatMapPlot({ answer, onSelect }: Props): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = useSize(box);
  const colors = useCanvasColors();
  const map = useMemo(() => heatMapOf(answer), [answer]);
  const place = useMemo(() => heatPlace(width, height), [width, height]);
  const { area, pointed, byKeys, handlers } = useHeatBrush(map, place, (chosen) => onSelect(selectionOf(map, chosen)));
  useEffect(() => {
    const context = canvas.current && width > 0 ? beginDrawing(canvas.current, width, height) : undefined;
    if (context) drawHeatMap(context, map, place, area, colors);
  }, [map, place, area, colors, width, height]);
  if (map.rows.length === 0) return <p className="plot-empty">No span matches in this time.</p>;
  return (
    <div className="heat-map" ref={box}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset holds fields */}
      <div
        className="heat-surface"
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys select in it
        tabIndex={0}
        aria-label="Heat map of spans by start time and duration. Arrows move, Shift with arrows selects, Enter searches there."
        {...handlers}
      >
        <canvas ref={canvas} className="heat-canvas" />
      </div>
      {pointed && width > 0 && (
        <div className="heat-card" data-side={pointed.column > map.columns / 2 ? 'left' : 'right'}>
          <CellText map={map} cell={pointed} />
        </div>
      )}
      <p className="visually-hidden" role="status">
        {byKeys && pointed && <CellText map={map} cell={pointed} />}
      </p>
    </div>
  );
}

function CellText({ map, cell: { column, row } }: { map: HeatMap; cell: Cell }): ReactElement | null {
  const at = map.rows[row];
  if (!at) return null;
  return (
    <>
      <strong>{countOf(at.counts[column] ?? 0, 'span')}</strong>
      <span>{rowText(at)}</span>
      <span className="faint">{timeText(map.startMs + column * map.stepMs)}</span>
    </>
  );
}

/** From one span to as many as are in the fullest cell. */
export function HeatLegend({ answer }: { answer: MetricsResponse }): ReactElement | null {
  const { theme } = useCanvasColors();
  const { max } = useMemo(() => heatMapOf(answer), [answer]);
  if (max === 0) return null;
  const stops = [0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => rampColor(share, theme));
  return (
    <span className="heat-legend" title="Spans in a cell">
      1
      <span className="heat-ramp" style={{ background: `linear-gradient(to right, ${stops.join(', ')})` }} />
      {countText(max)}
    </span>
  );
}
