import { type ReactElement, useLayoutEffect, useRef, useState } from 'react';
import type { CriticalPath } from '../../model/critical-path.ts';
import type { RowLayout } from '../../model/row-layout.ts';
import { serviceColor } from '../../state/service-colors.ts';
import { beginDrawing } from '../../ui/canvas.ts';
import { useCanvasColors } from '../../ui/canvas-colors.ts';
import { drawBars } from './draw-bars.ts';
import type { TraceView } from './use-trace-view.ts';

interface Props {
  view: TraceView;
  layout: RowLayout;
  criticalPath: CriticalPath | undefined;
  first: number;
  last: number;
  viewportHeight: number;
}

/**
 * The bars of the rows that exist at the moment. The canvas lies inside the scrolled content and
 * moves with it, as the rows do, so that bars and names never come apart however fast one scrolls;
 * it is redrawn, a few rows further on, only when the set of rows changes.
 */
export function TimelineCanvas({ view, layout, criticalPath, first, last, viewportHeight }: Props): ReactElement {
  const { rows, window } = view;
  const canvas = useRef<HTMLCanvasElement>(null);
  const colors = useCanvasColors();
  const fontsReady = useFontsReady();
  const height = Math.max(0, last - first + 1) * layout.rowHeight;
  // One size for all scroll positions: a canvas that changes its size loses its memory.
  const canvasHeight = Math.max(height, viewportHeight + 28 * layout.rowHeight);
  useLayoutEffect(() => {
    const context =
      canvas.current && layout.timelineWidth > 0 && beginDrawing(canvas.current, layout.timelineWidth, canvasHeight);
    if (!context || !fontsReady) return;
    const colorOf = (service: string) => serviceColor(service)[colors.theme];
    drawBars(context, { rows, first, last, window, layout, height, criticalPath, colors, colorOf });
  }, [rows, first, last, window, layout, height, canvasHeight, criticalPath, colors, fontsReady]);
  return (
    <canvas
      ref={canvas}
      className="timeline-canvas"
      style={{
        width: `${layout.timelineWidth}px`,
        height: `${canvasHeight}px`,
        left: `${layout.stacked ? 0 : layout.nameWidth}px`,
        translate: `0 ${first * layout.rowHeight}px`,
      }}
    />
  );
}

/** Text drawn before its font has come stays in the fallback. */
function useFontsReady(): boolean {
  const [ready, setReady] = useState(document.fonts.status === 'loaded');
  useLayoutEffect(() => {
    let wanted = true;
    void document.fonts.ready.then(() => wanted && setReady(true));
    return () => {
      wanted = false;
    };
  }, []);
  return ready;
}
