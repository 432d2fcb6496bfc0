import { type RefObject, useEffect, useRef } from 'react';
import { type RowLayout, timelinePaddingPx, timeWidth } from '../../model/row-layout.ts';
import { panBy, toTime, zoomAround } from '../../model/timeline.ts';
import type { TraceView } from './use-trace-view.ts';

/** Ctrl and the wheel (or a pinch) zoom around the pointer; shift and the wheel, or sideways, pan. */
export function useWheelZoom(element: RefObject<HTMLElement | null>, view: TraceView, layout: RowLayout): void {
  const latest = useRef({ view, layout });
  latest.current = { view, layout };
  useEffect(() => {
    const target = element.current;
    if (!target) return;
    const onWheel = (event: WheelEvent) => {
      if (turnWheel(event, target, latest.current.view, latest.current.layout)) event.preventDefault();
    };
    target.addEventListener('wheel', onWheel, { passive: false });
    return () => target.removeEventListener('wheel', onWheel);
  }, [element]);
}

function turnWheel(
  event: WheelEvent,
  target: HTMLElement,
  { window, setWindow, trace }: TraceView,
  layout: RowLayout,
): boolean {
  const width = timeWidth(layout);
  if (event.ctrlKey || event.metaKey) {
    const edge = target.getBoundingClientRect().left + (layout.stacked ? 0 : layout.nameWidth) + timelinePaddingPx;
    const at = toTime(event.clientX - edge, window, width);
    setWindow(
      zoomAround(
        window,
        Math.min(Math.max(at, window.start), window.end),
        Math.exp(event.deltaY / 250),
        trace.duration,
      ),
    );
    return true;
  }
  const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
  if (sideways === 0 || Math.abs(event.deltaX) < Math.abs(event.deltaY) !== event.shiftKey) return false;
  setWindow(panBy(window, (sideways / width) * (window.end - window.start), trace.duration));
  return true;
}
