import type { Blame } from '@sightline/wire';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactElement, type RefObject, useCallback, useEffect, useMemo, useRef } from 'react';
import { blameBadge } from '../../model/blame-text.ts';
import type { CriticalPath } from '../../model/critical-path.ts';
import { rowLayout } from '../../model/row-layout.ts';
import type { TraceSpan } from '../../model/trace.ts';
import { rememberedNumber, useRemembered } from '../../state/remembered.ts';
import { useSize } from '../../state/size.ts';
import { ResizeHandle } from './resize-handle.tsx';
import { Ruler } from './ruler.tsx';
import { TimelineCanvas } from './timeline-canvas.tsx';
import type { TraceView } from './use-trace-view.ts';
import { useWheelZoom } from './use-wheel-zoom.ts';
import { handleRowKey } from './waterfall-keys.ts';
import { rowId, WaterfallRow } from './waterfall-row.tsx';

interface Props {
  view: TraceView;
  gridRef: RefObject<HTMLDivElement | null>;
  criticalPath: CriticalPath | undefined;
  blame: Blame | undefined;
  selectedKey: string | undefined;
  onOpen: (span: TraceSpan) => void;
  onClose: () => void;
}

const nameWidth = rememberedNumber('sightline.name-width', 360);
const overscanRows = 12;

export function Waterfall({ view, gridRef, criticalPath, blame, selectedKey, onOpen, onClose }: Props): ReactElement {
  const { trace, rows, cursor, moveTo } = view;
  const { width, height } = useSize(gridRef);
  const [wantedNameWidth, setNameWidth] = useRemembered(nameWidth);
  const layout = useMemo(() => rowLayout(width, wantedNameWidth, trace.depth), [width, wantedNameWidth, trace.depth]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => gridRef.current,
    estimateSize: () => layout.rowHeight,
    overscan: overscanRows,
  });
  useEffect(() => {
    if (layout.rowHeight) virtual.measure();
  }, [virtual, layout.rowHeight]);
  const rowOf = useMemo(() => new Map(rows.map((span, row) => [span.key, row])), [rows]);
  const cursorRow = cursor ? (rowOf.get(cursor.span.key) ?? 0) : -1;

  const scrolledFor = useRef<unknown>(undefined);
  useEffect(() => {
    if (!cursor || cursor === scrolledFor.current || height === 0) return;
    scrolledFor.current = cursor;
    const row = rowOf.get(cursor.span.key);
    if (row !== undefined && cursor.scroll !== 'no') {
      virtual.scrollToIndex(row, { align: cursor.scroll === 'center' ? 'center' : 'auto' });
    }
  }, [cursor, rowOf, virtual, height]);
  useWheelZoom(gridRef, view, layout);

  const opener = useRef(onOpen);
  opener.current = onOpen;
  const pick = useCallback(
    (span: TraceSpan) => {
      moveTo(span, 'no');
      opener.current(span);
    },
    [moveTo],
  );
  const items = virtual.getVirtualItems();

  return (
    <div className="waterfall" data-stacked={layout.stacked || undefined}>
      <div className="waterfall-head">
        {!layout.stacked && (
          <div className="waterfall-head-name" style={{ width: `${layout.nameWidth}px` }}>
            Span
          </div>
        )}
        <Ruler view={view} layout={layout} />
        {!layout.stacked && (
          <ResizeHandle
            className="column-handle"
            label="Width of the names"
            width={layout.nameWidth}
            least={140}
            most={width * 0.7}
            from="left"
            onResize={setNameWidth}
          />
        )}
      </div>
      <div
        ref={gridRef}
        className="waterfall-rows"
        role="treegrid"
        tabIndex={0}
        aria-label="Spans"
        aria-rowcount={rows.length}
        aria-colcount={2}
        aria-activedescendant={
          cursor && items.some(({ index }) => index === cursorRow) ? rowId(cursor.span) : undefined
        }
        onKeyDown={(event) => {
          if (event.ctrlKey || event.metaKey || event.altKey) return;
          const pageRows = Math.max(1, Math.floor(height / layout.rowHeight) - 1);
          if (handleRowKey(event.key, { view, cursorRow, pageRows, onOpen, onClose })) event.preventDefault();
        }}
        onFocus={view.enter}
      >
        <div className="waterfall-body" role="presentation" style={{ height: `${virtual.getTotalSize()}px` }}>
          {items.map(({ index }) => {
            const span = rows[index];
            if (!span) return null;
            return (
              <WaterfallRow
                key={span.key}
                span={span}
                row={index}
                layout={layout}
                collapsed={view.collapsed.has(span.key)}
                isCursor={index === cursorRow}
                isSelected={span.key === selectedKey}
                isFound={view.foundKeys.has(span.key)}
                badge={blame?.spanId === span.id ? blameBadge(blame) : undefined}
                onPick={pick}
                onToggle={view.toggle}
              />
            );
          })}
          <TimelineCanvas
            view={view}
            layout={layout}
            criticalPath={criticalPath}
            first={items[0]?.index ?? 0}
            last={items.at(-1)?.index ?? -1}
            viewportHeight={height}
          />
        </div>
      </div>
    </div>
  );
}
