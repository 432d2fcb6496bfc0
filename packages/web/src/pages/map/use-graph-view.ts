import { type KeyboardEvent, type PointerEvent, type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { fitView, type GraphView, panView, zoomView } from '../../model/graph-view.ts';
import type { Size } from '../../state/size.ts';

export interface MovableView {
  view: GraphView;
  zoom: (factor: number) => void;
  fit: () => void;
  /** True once the pointer has dragged the map: what it then lets go of was not meant to be clicked. */
  wasDragged: () => boolean;
  handlers: {
    onPointerDown: (event: PointerEvent) => void;
    onPointerMove: (event: PointerEvent) => void;
    onPointerUp: (event: PointerEvent) => void;
    onKeyDown: (event: KeyboardEvent) => void;
  };
}

const stepPx = 60;
const clickSlackPx = 4;

/** Moves by drag, wheel, and keys; begins anew with every layout. */
export function useGraphView(place: RefObject<HTMLElement | null>, layout: Size, { width, height }: Size): MovableView {
  const [view, setView] = useState<GraphView>({ x: 0, y: 0, scale: 1 });
  const drag = useRef<{ x: number; y: number; far: boolean; held: boolean }>({ x: 0, y: 0, far: false, held: false });
  const fit = useCallback(() => setView(fitView(layout, width, height)), [layout, width, height]);
  useEffect(fit, [fit]);
  useWheelZoom(place, setView);
  const zoom = (factor: number) => setView((before) => zoomView(before, factor, width / 2, height / 2));

  const keys: Record<string, () => void> = {
    ArrowLeft: () => setView((before) => panView(before, stepPx, 0)),
    ArrowRight: () => setView((before) => panView(before, -stepPx, 0)),
    ArrowUp: () => setView((before) => panView(before, 0, stepPx)),
    ArrowDown: () => setView((before) => panView(before, 0, -stepPx)),
    '+': () => zoom(1.25),
    '-': () => zoom(0.8),
    0: fit,
  };
  return {
    view,
    zoom,
    fit,
    wasDragged: () => drag.current.far,
    handlers: {
      onPointerDown: ({ clientX: x, clientY: y }) => {
        drag.current = { x, y, far: false, held: true };
      },
      onPointerMove: (event) => {
        const { x, y, far, held } = drag.current;
        const [dx, dy] = [event.clientX - x, event.clientY - y];
        if (!held || (!far && Math.hypot(dx, dy) < clickSlackPx)) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { x: event.clientX, y: event.clientY, far: true, held };
        setView((before) => panView(before, dx, dy));
      },
      onPointerUp: () => {
        drag.current.held = false;
      },
      onKeyDown: (event) => {
        const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
        if (!act) return;
        event.preventDefault();
        act();
      },
    },
  };
}

/** React listens to wheels passively, so that the page would scroll as well. */
function useWheelZoom(
  place: RefObject<HTMLElement | null>,
  setView: (change: (before: GraphView) => GraphView) => void,
): void {
  useEffect(() => {
    const target = place.current;
    if (!target) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const { left, top } = target.getBoundingClientRect();
      const factor = Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0015));
      setView((before) => zoomView(before, factor, event.clientX - left, event.clientY - top));
    };
    target.addEventListener('wheel', onWheel, { passive: false });
    return () => target.removeEventListener('wheel', onWheel);
  }, [place, setView]);
}
