import { type RefObject, useEffect, useRef, useState } from 'react';

/**
 * The newest value; while the mouse is pressed on the element, the one that was shown then. What somebody drags over
 * does not move away, nor is the drag lost with the plot that knows of it.
 */
export function useStillWhilePressed<T>(element: RefObject<HTMLElement | null>, newest: T): T {
  const [pressed, setPressed] = useState(false);
  const shown = useRef(newest);
  useEffect(() => {
    const target = element.current;
    if (!target) return;
    const press = () => setPressed(true);
    // On the window, which hears of it last: whoever ends the drag has done so.
    const release = () => setPressed(false);
    target.addEventListener('mousedown', press);
    window.addEventListener('mouseup', release);
    return () => {
      target.removeEventListener('mousedown', press);
      window.removeEventListener('mouseup', release);
    };
  }, [element]);
  if (!pressed) shown.current = newest;
  return shown.current;
}
