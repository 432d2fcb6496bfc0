import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import { type Cell, cellAt, type HeatArea, type HeatMap, type HeatPlace, movedCell } from '../../model/heat-map.ts';

export interface HeatBrush {
  /** What is being selected. */
  area: HeatArea | undefined;
  /** The cell under the pointer, or that the keys have led to. */
  pointed: Cell | undefined;
  /** The keys are in use: what is selected is to be said. */
  byKeys: boolean;
  handlers: {
    onPointerDown: (event: PointerEvent) => void;
    onPointerMove: (event: PointerEvent) => void;
    onPointerUp: () => void;
    onPointerCancel: () => void;
    onPointerLeave: () => void;
    onKeyDown: (event: KeyboardEvent) => void;
  };
}

const arrows: Readonly<Record<string, readonly [right: number, up: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** An area by dragging; or by arrows, Shift with arrows, and Enter. */
export function useHeatBrush(map: HeatMap, place: HeatPlace, select: (area: HeatArea) => void): HeatBrush {
  const [area, setArea] = useState<HeatArea>();
  const [pointed, setPointed] = useState<Cell>();
  const [dragging, setDragging] = useState(false);
  const [byKeys, setByKeys] = useState(false);
  const cellOf = (event: PointerEvent) => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    return cellAt(map, place, event.clientX - left, event.clientY - top);
  };
  const finish = (chosen: HeatArea | undefined) => {
    setDragging(false);
    setArea(undefined);
    if (chosen) select(chosen);
  };
  const moveBy = (right: number, up: number, extend: boolean) => {
    const start = { column: 0, row: map.rows.length - 1 };
    const to = area ? movedCell(map, area.to, right, up) : start;
    setByKeys(true);
    setPointed(to);
    setArea({ from: extend && area ? area.from : to, to });
  };
  return {
    area,
    pointed,
    byKeys,
    handlers: {
      onPointerDown: (event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        const cell = cellOf(event);
        setByKeys(false);
        setDragging(true);
        setArea({ from: cell, to: cell });
      },
      onPointerMove: (event) => {
        const cell = cellOf(event);
        setPointed(cell);
        if (dragging) setArea((before) => before && { ...before, to: cell });
      },
      onPointerUp: () => dragging && finish(area),
      onPointerCancel: () => finish(undefined),
      onPointerLeave: () => setPointed(undefined),
      onKeyDown: (event) => {
        const arrow = arrows[event.key];
        if (arrow) moveBy(...arrow, event.shiftKey);
        else if (event.key === 'Enter' && area) finish(area);
        else if (event.key === 'Escape' && area) finish(undefined);
        else return;
        event.preventDefault();
      },
    },
  };
}
