import { type RefObject, useEffect, useRef } from 'react';
import { fullWindow, windowOnto, zoomAround } from '../../model/timeline.ts';
import type { TraceSpan } from '../../model/trace.ts';
import type { TraceView } from './use-trace-view.ts';

interface Shortcuts {
  view: TraceView;
  findBox: RefObject<HTMLInputElement | null>;
  grid: RefObject<HTMLDivElement | null>;
  blamed: TraceSpan | undefined;
  goTo: (span: TraceSpan, open: boolean) => void;
}

/** The keys that work anywhere on the page; those of the rows are in waterfall-keys.ts. */
export function useTraceShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (handleKey(event, latest.current)) event.preventDefault();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}

/** @returns whether the key was one of ours */
function handleKey(event: KeyboardEvent, shortcuts: Shortcuts): boolean {
  const { findBox, view, blamed, goTo } = shortcuts;
  if ((event.ctrlKey || event.metaKey) && event.key === 'f') return focusFind(findBox);
  if (event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target)) return false;
  switch (event.key) {
    case '/':
      return focusFind(findBox);
    case 'n':
    case 'N': {
      const found = view.stepFound(event.key === 'n' ? 1 : -1);
      return found !== undefined;
    }
    case 'b':
      if (blamed) goTo(blamed, true);
      return blamed !== undefined;
    default:
      return zoomByKey(event.key, view) || foldByKey(event.key, view);
  }
}

function zoomByKey(key: string, { window, setWindow, trace, cursor }: TraceView): boolean {
  const middle = (window.start + window.end) / 2;
  if (key === '+' || key === '=') setWindow(zoomAround(window, middle, 0.5, trace.duration));
  else if (key === '-' || key === '−') setWindow(zoomAround(window, middle, 2, trace.duration));
  else if (key === '0') setWindow(fullWindow(trace.duration));
  else if (key === 'z' && cursor) setWindow(windowOnto(cursor.span, trace.duration));
  else return false;
  return true;
}

function foldByKey(key: string, view: TraceView): boolean {
  if (key === '[') view.showLevels(1);
  else if (key === ']') view.expandAll();
  else return false;
  return true;
}

function focusFind(findBox: RefObject<HTMLInputElement | null>): boolean {
  findBox.current?.focus();
  findBox.current?.select();
  return true;
}

/** Somebody types, or a layer above the page has the keyboard. */
function isBusy(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return true;
  return target instanceof Element && target.closest('[role="dialog"], [role="menu"], [role="listbox"]') !== null;
}
