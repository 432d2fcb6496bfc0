import { type ReactElement, useLayoutEffect, useRef } from 'react';
import type { CriticalPath } from '../../model/critical-path.ts';
import { nanoText } from '../../model/time-text.ts';
import { fullWindow, isFullWindow, type TimeWindow, toPixel, toTime, windowBetween } from '../../model/timeline.ts';
import { serviceColor } from '../../state/service-colors.ts';
import { useSize } from '../../state/size.ts';
import { beginDrawing } from '../../ui/canvas.ts';
import { useCanvasColors } from '../../ui/canvas-colors.ts';
import { drawMinimap } from './draw-minimap.ts';
import { useTimeDrag } from './use-time-drag.ts';
import type { TraceView } from './use-trace-view.ts';

interface Props {
  view: TraceView;
  criticalPath: CriticalPath | undefined;
}

/** The whole trace in a strip. Drag over a part of it to see that part below. */
export function Minimap({ view, criticalPath }: Props): ReactElement {
  const { trace, window, setWindow } = view;
  const place = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = useSize(place);
  const colors = useCanvasColors();
  const whole = fullWindow(trace.duration);
  const drag = useTimeDrag(whole, width, trace.duration, setWindow);
  useLayoutEffect(() => {
    const context = canvas.current && beginDrawing(canvas.current, width, height);
    if (context) {
      drawMinimap(context, {
        trace,
        width,
        height,
        criticalPath,
        colorOf: (service) => serviceColor(service)[colors.theme],
      });
    }
  }, [trace, width, height, criticalPath, colors]);

  const shown = drag.preview ?? window;
  return (
    <div className="minimap">
      <div className="minimap-scale" aria-hidden="true">
        <span>0</span>
        <span>{nanoText(trace.duration)}</span>
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: for pointers only; the keys + - 0 and z do the same */}
      <div
        className="minimap-strip"
        ref={place}
        aria-hidden="true"
        {...drag.handlers}
        onDoubleClick={() => setWindow(fullWindow(trace.duration))}
      >
        <canvas ref={canvas} />
        {(drag.preview || !isFullWindow(window, trace.duration)) && (
          <WindowOverlay
            shown={shown}
            whole={whole}
            width={width}
            onResize={(edge, at) =>
              setWindow(windowBetween(at, edge === 'start' ? window.end : window.start, trace.duration))
            }
          />
        )}
      </div>
    </div>
  );
}

interface OverlayProps {
  shown: TimeWindow;
  whole: TimeWindow;
  width: number;
  onResize: (edge: 'start' | 'end', at: number) => void;
}

function WindowOverlay({ shown, whole, width, onResize }: OverlayProps): ReactElement {
  const left = toPixel(shown.start, whole, width);
  const right = toPixel(shown.end, whole, width);
  const handle = (edge: 'start' | 'end', x: number) => (
    <span
      className="minimap-handle"
      style={{ left: `${x}px` }}
      onPointerDown={(event) => {
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        event.stopPropagation();
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        const strip = event.currentTarget.parentElement?.getBoundingClientRect();
        if (strip) onResize(edge, toTime(event.clientX - strip.left, whole, width));
      }}
    />
  );
  return (
    <>
      <span className="minimap-shade" style={{ left: 0, width: `${left}px` }} />
      <span className="minimap-shade" style={{ left: `${right}px`, right: 0 }} />
      <span className="minimap-frame" style={{ left: `${left}px`, width: `${right - left}px` }} />
      {handle('start', left)}
      {handle('end', right)}
    </>
  );
}
