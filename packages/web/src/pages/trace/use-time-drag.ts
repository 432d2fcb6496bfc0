import { type PointerEvent, useState } from 'react';
import { type TimeWindow, toTime, windowBetween } from '../../model/timeline.ts';

const leastPx = 4;

export interface TimeDrag {
  /** What is being dragged over right now. */
  readonly preview: TimeWindow | undefined;
  readonly handlers: {
    onPointerDown: (event: PointerEvent<HTMLElement>) => void;
    onPointerMove: (event: PointerEvent<HTMLElement>) => void;
    onPointerUp: (event: PointerEvent<HTMLElement>) => void;
    onPointerCancel: () => void;
  };
}

/** Dragging over a stretch of time chooses it. `shown` is what the element's `width` pixels stand for. */
export function useTimeDrag(
  shown: TimeWindow,
  width: number,
  durationNano: number,
  onChoose: (window: TimeWindow) => void,
): TimeDrag {
  const [drag, setDrag] = useState<{ fromPx: number; toPx: number }>();
  const at = (event: PointerEvent<HTMLElement>) => event.clientX - event.currentTarget.getBoundingClientRect().left;
  const chosen = drag && Math.abs(drag.toPx - drag.fromPx) >= leastPx ? drag : undefined;
  const preview =
    chosen && windowBetween(toTime(chosen.fromPx, shown, width), toTime(chosen.toPx, shown, width), durationNano);
  return {
    preview,
    handlers: {
      onPointerDown: (event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ fromPx: at(event), toPx: at(event) });
      },
      onPointerMove: (event) => {
        if (drag) setDrag({ fromPx: drag.fromPx, toPx: at(event) });
      },
      onPointerUp: () => {
        if (preview) onChoose(preview);
        setDrag(undefined);
      },
      onPointerCancel: () => setDrag(undefined),
    },
  };
}
