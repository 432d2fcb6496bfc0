import type { KeyboardEvent, PointerEvent, ReactElement } from 'react';

const leastPx = 320;
const stepPx = 24;

/** The panel's left edge: drag, or arrow keys. */
export function PanelHandle({ width, onResize }: { width: number; onResize: (width: number) => void }): ReactElement {
  const resize = (wanted: number) => onResize(Math.round(Math.min(Math.max(wanted, leastPx), innerWidth * 0.65)));
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const right = event.currentTarget.parentElement?.getBoundingClientRect().right ?? innerWidth;
    resize(right - event.clientX);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowLeft') resize(width + stepPx);
    else if (event.key === 'ArrowRight') resize(width - stepPx);
    else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a focusable separator is a widget, which <hr> is not
    <div
      className="panel-handle"
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label="Width of the detail"
      aria-valuenow={width}
      aria-valuemin={leastPx}
      aria-valuemax={Math.round(innerWidth * 0.65)}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
      onKeyDown={onKeyDown}
    />
  );
}
