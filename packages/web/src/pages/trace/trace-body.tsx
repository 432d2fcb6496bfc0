import type { ExplanationResponse } from '@sightline/wire';
import { type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import { readCriticalPath } from '../../model/critical-path.ts';
import type { Trace, TraceSpan } from '../../model/trace.ts';
import { useTraceLocation } from '../../state/location.ts';
import { Notice } from '../../ui/notice.tsx';
import { BlameCard, BlamePlaceholder } from './blame-card.tsx';
import { Minimap } from './minimap.tsx';
import { SpanPanel } from './span-panel.tsx';
import { TraceHeader } from './trace-header.tsx';
import { TraceToolbar } from './trace-toolbar.tsx';
import { useTraceShortcuts } from './use-trace-shortcuts.ts';
import { useTraceView } from './use-trace-view.ts';
import { Waterfall } from './waterfall.tsx';

interface Props {
  trace: Trace;
  explanation: ExplanationResponse | undefined;
  explanationFailed: boolean;
  onReload: () => void;
  reloading: boolean;
  /** Why loading it again failed; what shows is what came before. */
  reloadError: Error | undefined;
}

export function TraceBody(props: Props): ReactElement {
  const { trace, explanation, explanationFailed, onReload, reloading, reloadError } = props;
  const { spanId, select } = useTraceLocation();
  const selected = spanId ? trace.byId.get(spanId) : undefined;
  const view = useTraceView(trace, selected);
  const [showCritical, setShowCritical] = useState(true);
  const findBox = useRef<HTMLInputElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const criticalPath = useMemo(() => explanation && readCriticalPath(trace, explanation), [trace, explanation]);
  const blamed = explanation?.blame && trace.byId.get(explanation.blame.spanId);

  const goTo = (span: TraceSpan, open: boolean) => {
    view.moveTo(span, 'center');
    if (open || selected) select(span.id);
    grid.current?.focus({ preventScroll: true });
  };
  // The detail follows the cursor while it is open.
  const { cursor } = view;
  const followed = useRef(cursor?.span);
  useEffect(() => {
    if (cursor?.span === followed.current) return;
    followed.current = cursor?.span;
    if (spanId && cursor) select(cursor.span.id);
  }, [cursor, spanId, select]);
  useTraceShortcuts({ view, findBox, grid, blamed, goTo });

  if (trace.spans.length === 0) {
    return (
      <Notice icon="search" title="This trace has no spans (yet)">
        <button type="button" className="button" onClick={onReload}>
          Look again
        </button>
      </Notice>
    );
  }
  return (
    <main className="trace-page">
      <TraceHeader trace={trace} onReload={onReload} reloading={reloading} reloadError={reloadError} />
      {explanation?.blame ? (
        <BlameCard blame={explanation.blame} onGo={blamed && (() => goTo(blamed, true))} />
      ) : (
        !explanation && !explanationFailed && <BlamePlaceholder />
      )}
      <div className="trace-main">
        <section className="trace-timeline" aria-label="Timeline">
          <Minimap view={view} criticalPath={showCritical ? criticalPath : undefined} />
          <TraceToolbar
            view={view}
            findBox={findBox}
            showCritical={showCritical}
            onShowCritical={criticalPath && setShowCritical}
            onFoundStep={(direction) => {
              const span = view.stepFound(direction);
              if (span && selected) select(span.id);
            }}
            onLeaveFind={() => grid.current?.focus({ preventScroll: true })}
          />
          <Waterfall
            view={view}
            gridRef={grid}
            criticalPath={showCritical ? criticalPath : undefined}
            blame={explanation?.blame}
            selectedKey={selected?.key}
            onOpen={(span) => select(span.id)}
            onClose={() => select(undefined)}
          />
        </section>
        {selected && (
          <SpanPanel
            key={selected.key}
            trace={trace}
            span={selected}
            criticalPath={criticalPath}
            onSelect={(span) => goTo(span, true)}
            onClose={() => {
              select(undefined);
              grid.current?.focus({ preventScroll: true });
            }}
          />
        )}
      </div>
    </main>
  );
}
