import type { KeyboardEvent, PointerEvent, ReactElement } from 'react';

interface Props {
  width: number;
  most: number;
  onResize: (width: number) => void;
}

const leastPx = 140;
const stepPx = 24;

/** Between names and bars: drag, or arrow keys. */
export function ColumnHandle({ width, most, onResize }: Props): ReactElement {
  const resize = (wanted: number) => onResize(Math.round(Math.min(Math.max(wanted, leastPx), most)));
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const left = event.currentTarget.parentElement?.getBoundingClientRect().left ?? 0;
    resize(event.clientX - left);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowLeft') resize(width - stepPx);
    else if (event.key === 'ArrowRight') resize(width + stepPx);
    else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a focusable separator is a widget, which <hr> is not
    <div
      className="column-handle"
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label="Width of the names"
      aria-valuenow={width}
      aria-valuemin={leastPx}
      aria-valuemax={Math.round(most)}
      style={{ left: `${width}px` }}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
      onKeyDown={onKeyDown}
    />
  );
}
