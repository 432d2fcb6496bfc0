import type { KeyboardEvent, PointerEvent, ReactElement } from 'react';

interface Props {
  className: string;
  label: string;
  width: number;
  least: number;
  most: number;
  /** The edge of the parent that the width is measured from. */
  from: 'left' | 'right';
  onResize: (width: number) => void;
}

const stepPx = 24;

/** Between two parts of the page: drag, or arrow keys. */
export function ResizeHandle({ className, label, width, least, most, from, onResize }: Props): ReactElement {
  const outwards = from === 'left' ? 1 : -1;
  const resize = (wanted: number) => onResize(Math.round(Math.min(Math.max(wanted, least), most)));
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const edge = event.currentTarget.parentElement?.getBoundingClientRect()[from] ?? 0;
    resize((event.clientX - edge) * outwards);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowLeft') resize(width - stepPx * outwards);
    else if (event.key === 'ArrowRight') resize(width + stepPx * outwards);
    else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a focusable separator is a widget, which <hr> is not
    <div
      className={className}
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={least}
      aria-valuemax={Math.round(most)}
      style={from === 'left' ? { left: `${width}px` } : undefined}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
      onKeyDown={onKeyDown}
    />
  );
}
