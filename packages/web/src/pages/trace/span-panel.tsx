import { formatShare } from '@sightline/wire';
import { type CSSProperties, type KeyboardEvent, type ReactElement, useEffect, useRef } from 'react';
import { type CriticalPath, criticalTime } from '../../model/critical-path.ts';
import { kindText, readException, summarize, type Thrown } from '../../model/span-summary.ts';
import { nanoText } from '../../model/time-text.ts';
import type { Trace, TraceSpan } from '../../model/trace.ts';
import { rememberedNumber, useRemembered } from '../../state/remembered.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { ServiceChip, serviceStyle } from '../../ui/service.tsx';
import { AttributeGroups } from './attribute-groups.tsx';
import { ExceptionBlock } from './exception-block.tsx';
import { ResizeHandle } from './resize-handle.tsx';
import { SpanEvents } from './span-events.tsx';
import { SpanIssues } from './span-issues.tsx';
import { SpanLinks } from './span-links.tsx';
import { SpanRaw } from './span-raw.tsx';
import { StandingLine } from './standing-line.tsx';
import { SummaryBlock } from './summary-block.tsx';

interface Props {
  trace: Trace;
  span: TraceSpan;
  criticalPath: CriticalPath | undefined;
  onSelect: (span: TraceSpan) => void;
  onClose: () => void;
}

const panelWidth = rememberedNumber('sightline.panel-width', 440);

/** Everything that is known about one span, beside the timeline; a sheet over it on narrow screens. */
export function SpanPanel({ trace, span, criticalPath, onSelect, onClose }: Props): ReactElement {
  const [width, setWidth] = useRemembered(panelWidth);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    onClose();
  };
  const summary = summarize(span);
  const exceptions = thrownIn(span);
  const dropped = span.raw.droppedAttributesCount ?? 0;
  return (
    <aside
      className="span-panel"
      style={{ '--panel-width': `${width}px` } as CSSProperties}
      aria-label={`Span ${span.name}`}
      onKeyDown={onKeyDown}
    >
      <ResizeHandle
        className="panel-handle"
        label="Width of the detail"
        width={width}
        least={320}
        most={innerWidth * 0.65}
        from="right"
        onResize={setWidth}
      />
      <PanelHead span={span} onClose={onClose} />
      <div className="panel-body">
        <Figures trace={trace} span={span} criticalPath={criticalPath} />
        <StandingLine traceId={trace.id} span={span} />
        <SpanIssues issues={span.issues} />
        {span.isError && exceptions.length === 0 && <StatusBlock message={span.raw.status?.message} />}
        {exceptions.map(({ key, thrown }) => (
          <ExceptionBlock key={key} thrown={thrown} />
        ))}
        {summary && <SummaryBlock summary={summary} />}
        <AttributeGroups title="Attributes" attributes={span.raw.attributes ?? []} of="span" dropped={dropped} />
        <SpanEvents trace={trace} span={span} />
        <SpanLinks span={span} trace={trace} onSelect={onSelect} />
        <AttributeGroups
          title="Resource"
          attributes={span.resource?.attributes ?? []}
          of="resource"
          dropped={span.resource?.droppedAttributesCount ?? 0}
        />
        <SpanRaw span={span} trace={trace} onSelect={onSelect} />
      </div>
    </aside>
  );
}

/** An exception that passed through several hands may be recorded more than once. */
function thrownIn(span: TraceSpan): { key: string; thrown: Thrown }[] {
  const byKey = new Map<string, Thrown>();
  for (const event of span.raw.events ?? []) {
    const thrown = readException(event);
    if (thrown) byKey.set(`${thrown.type} ${thrown.message} ${thrown.stack}`, thrown);
  }
  return [...byKey].map(([key, thrown]) => ({ key, thrown }));
}

function PanelHead({ span, onClose }: { span: TraceSpan; onClose: () => void }): ReactElement {
  const top = useRef<HTMLHeadingElement>(null);
  // On a narrow screen the sheet covers what had the focus.
  useEffect(() => {
    if (matchMedia('(width < 900px)').matches) top.current?.focus({ preventScroll: true });
  }, []);
  return (
    <header className="panel-head">
      <div className="panel-head-row">
        <ServiceChip name={span.service} />
        {kindText(span.kind) && <span className="badge">{kindText(span.kind)}</span>}
        {span.isError && (
          <span className="badge" data-tone="error">
            <Icon name="alert" size={12} />
            Error
          </span>
        )}
        <span className="panel-actions">
          <CopyButton text={() => location.href} label="Copy link to this span" icon="link" />
          <IconButton icon="close" label="Close" keys="Esc" onClick={onClose} />
        </span>
      </div>
      <h2 ref={top} tabIndex={-1}>
        {span.name}
      </h2>
    </header>
  );
}

function Figures({ trace, span, criticalPath }: Pick<Props, 'trace' | 'span' | 'criticalPath'>): ReactElement {
  const critical = criticalTime(criticalPath, span.id);
  const total = Math.max(trace.duration, 1);
  return (
    <section className="panel-figures" aria-label="Times">
      <div className="panel-place" style={serviceStyle(span.service)} aria-hidden="true">
        <span
          style={{ left: `${(span.start / total) * 100}%`, width: `${Math.max(0.6, (span.duration / total) * 100)}%` }}
        />
      </div>
      <dl className="figures">
        <div>
          <dt>Duration</dt>
          <dd>{nanoText(span.duration)}</dd>
        </div>
        <div>
          <dt>Own work</dt>
          <dd>
            {nanoText(span.selfTime)}
            {span.duration > 0 && <span className="faint"> {formatShare(span.selfTime / span.duration)}</span>}
          </dd>
        </div>
        <div>
          <dt>Begins at</dt>
          <dd>{span.start === 0 ? 'The start' : `+${nanoText(span.start)}`}</dd>
        </div>
        {criticalPath && (
          <div>
            <dt>Critical path</dt>
            <dd>
              {critical > 0 ? nanoText(critical) : <span className="faint">Not on it</span>}
              {critical > 0 && <span className="faint"> {formatShare(critical / total)} of trace</span>}
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}

function StatusBlock({ message }: { message: string | undefined }): ReactElement {
  return (
    <section className="panel-error">
      <Icon name="alert" />
      <p>{message || 'Marked as an error, without a message.'}</p>
    </section>
  );
}
