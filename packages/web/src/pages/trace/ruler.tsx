import type { ReactElement } from 'react';
import { type RowLayout, timelinePaddingPx, timeWidth } from '../../model/row-layout.ts';
import { ticks, toPixel } from '../../model/timeline.ts';
import { useTimeDrag } from './use-time-drag.ts';
import type { TraceView } from './use-trace-view.ts';

/** The times above the bars; dragging along them zooms, as in the minimap. */
export function Ruler({ view, layout }: { view: TraceView; layout: RowLayout }): ReactElement {
  const { window, setWindow, trace } = view;
  const width = timeWidth(layout);
  const drag = useTimeDrag(window, width, trace.duration, setWindow);
  const place = (at: number) => toPixel(at, window, width);
  return (
    <div
      className="ruler"
      aria-hidden="true"
      style={{ width: `${layout.timelineWidth}px`, paddingInlineStart: `${timelinePaddingPx}px` }}
    >
      <div className="ruler-strip" {...drag.handlers}>
        {ticks(window, width).map(({ at, label }) => (
          <span key={at} className="tick" style={{ translate: `${place(at)}px` }}>
            {label}
          </span>
        ))}
        {drag.preview && (
          <span
            className="ruler-preview"
            style={{
              left: `${place(drag.preview.start)}px`,
              width: `${place(drag.preview.end) - place(drag.preview.start)}px`,
            }}
          />
        )}
      </div>
    </div>
  );
}
