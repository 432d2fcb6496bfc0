import type { ReactElement } from 'react';
import type { Trace, TraceSpan } from '../../model/trace.ts';
import { CopyButton } from '../../ui/copy-button.tsx';

interface Props {
  span: TraceSpan;
  trace: Trace;
  onSelect: (span: TraceSpan) => void;
}

/** The ids and the rest of what OTLP holds, and the span as it came. */
export function SpanRaw({ span, trace, onSelect }: Props): ReactElement {
  const { raw, scope, parent } = span;
  const json = JSON.stringify(raw, null, 2);
  return (
    <>
      <details className="panel-section" open>
        <summary>Identity</summary>
        <dl className="identity">
          <Id label="Span id" id={span.id} />
          {parent && (
            <div className="attribute">
              <dt>Parent</dt>
              <dd>
                <button type="button" className="link-button" onClick={() => onSelect(parent)}>
                  {parent.name}
                </button>
              </dd>
            </div>
          )}
          <Id label="Trace id" id={trace.id} />
          {raw.traceState && <Id label="Trace state" id={raw.traceState} />}
          {scope?.name && <Id label="Scope" id={[scope.name, scope.version].filter(Boolean).join(' ')} />}
        </dl>
      </details>
      <details className="panel-section">
        <summary>JSON</summary>
        <div className="stack raw-json">
          <CopyButton text={json} label="Copy JSON" />
          <pre>{json}</pre>
        </div>
      </details>
    </>
  );
}

function Id({ label, id }: { label: string; id: string }): ReactElement {
  return (
    <div className="attribute">
      <dt>{label}</dt>
      <dd>
        <span className="attribute-value">{id}</span>
        <span className="attribute-actions">
          <CopyButton text={id} label={`Copy ${label.toLowerCase()}`} />
        </span>
      </dd>
    </div>
  );
}
