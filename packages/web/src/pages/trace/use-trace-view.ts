/** What a reader has done to the view of a trace: folded, zoomed, searched, stepped onto a span. */
import { useCallback, useDeferredValue, useMemo, useState } from 'react';
import { findSpans } from '../../model/find.ts';
import { fullWindow, isFullWindow, panBy, type TimeWindow } from '../../model/timeline.ts';
import type { Trace, TraceSpan } from '../../model/trace.ts';
import { collapsedToLevels, revealed, visibleRows } from '../../model/visible-rows.ts';

interface Cursor {
  readonly span: TraceSpan;
  /** Whether the row should be brought into view, and where to. */
  readonly scroll: 'no' | 'nearest' | 'center';
}

export interface TraceView {
  readonly trace: Trace;
  readonly rows: readonly TraceSpan[];
  readonly collapsed: ReadonlySet<string>;
  readonly window: TimeWindow;
  readonly cursor: Cursor | undefined;
  readonly query: string;
  readonly found: readonly TraceSpan[];
  readonly foundKeys: ReadonlySet<string>;
  toggle(span: TraceSpan): void;
  showLevels(levels: number): void;
  expandAll(): void;
  setWindow(window: TimeWindow): void;
  moveTo(span: TraceSpan, scroll: Cursor['scroll']): void;
  /** Puts the cursor onto the first row, where it is on none. */
  enter(): void;
  setQuery(query: string): void;
  /** To the next (1) or previous (-1) match from the cursor on, around the end. */
  stepFound(direction: 1 | -1): TraceSpan | undefined;
}

export function useTraceView(trace: Trace, startAt: TraceSpan | undefined): TraceView {
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(() => new Set());
  const [window, setWindow] = useState<TimeWindow>(() => fullWindow(trace.duration));
  const [cursor, setCursor] = useState<Cursor | undefined>(() => startAt && { span: startAt, scroll: 'center' });
  const [query, setQuery] = useState('');
  const [shown, setShown] = useState(trace);
  if (shown !== trace) {
    setShown(trace);
    setWindow(carryWindow(window, shown, trace));
    setCursor(cursor && carryCursor(cursor, trace));
  }
  const deferredQuery = useDeferredValue(query);
  const rows = useMemo(() => visibleRows(trace, collapsed), [trace, collapsed]);
  const found = useMemo(() => findSpans(trace, deferredQuery), [trace, deferredQuery]);
  const foundKeys = useMemo(() => new Set(found.map(({ key }) => key)), [found]);

  const moveTo = useCallback(
    (span: TraceSpan, scroll: Cursor['scroll']) => {
      setCollapsed((before) => revealed(before, span));
      setCursor({ span, scroll });
      // A jump to a span that the zoom hides would lead to an empty row.
      if (scroll === 'center') {
        setWindow((shown) => (span.end < shown.start || span.start > shown.end ? fullWindow(trace.duration) : shown));
      }
    },
    [trace.duration],
  );
  const toggle = useCallback((span: TraceSpan) => {
    setCollapsed((before) => {
      const next = new Set(before);
      if (!next.delete(span.key)) next.add(span.key);
      return next;
    });
  }, []);
  const stepFound = (direction: 1 | -1) => {
    // Not the deferred matches: Enter may come right behind the last letter.
    const next = nextFound(findSpans(trace, query), cursor?.span.index ?? -1, direction);
    if (next) moveTo(next, 'center');
    return next;
  };
  return {
    trace,
    rows,
    collapsed,
    window,
    cursor,
    query,
    found,
    foundKeys,
    toggle,
    showLevels: (levels) => setCollapsed(collapsedToLevels(trace, levels)),
    expandAll: () => setCollapsed(new Set()),
    setWindow,
    moveTo,
    enter: () => setCursor((before) => before ?? (rows[0] && { span: rows[0], scroll: 'no' })),
    setQuery,
    stepFound,
  };
}

/** The same stretch of time in a trace that has been loaded again: it may now begin earlier and last longer. */
function carryWindow(window: TimeWindow, from: Trace, to: Trace): TimeWindow {
  if (isFullWindow(window, from.duration)) return fullWindow(to.duration);
  return panBy(window, Number(from.startUnixNano - to.startUnixNano), to.duration);
}

function carryCursor({ span: { key } }: Cursor, to: Trace): Cursor | undefined {
  const span = to.spans.find((candidate) => candidate.key === key);
  return span && { span, scroll: 'no' };
}

function nextFound(found: readonly TraceSpan[], from: number, direction: 1 | -1): TraceSpan | undefined {
  if (direction === 1) return found.find(({ index }) => index > from) ?? found[0];
  return found.findLast(({ index }) => index < from) ?? found.at(-1);
}
