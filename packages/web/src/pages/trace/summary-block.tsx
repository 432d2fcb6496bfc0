import type { ReactElement } from 'react';
import type { SpanSummary } from '../../model/span-summary.ts';
import { CopyButton } from '../../ui/copy-button.tsx';

/** What the span did, before its attributes in full. */
export function SummaryBlock({ summary }: { summary: SpanSummary }): ReactElement {
  switch (summary.kind) {
    case 'http':
      return <HttpBlock {...summary} />;
    case 'database':
      return <DatabaseBlock {...summary} />;
    case 'messaging':
      return (
        <section className="summary" aria-label="Message">
          <p className="summary-line">
            <span className="badge">{summary.system}</span>
            {[summary.operation, summary.destination].filter(Boolean).join(' · ')}
          </p>
        </section>
      );
  }
}

function HttpBlock({ method, url, href, status }: Extract<SpanSummary, { kind: 'http' }>): ReactElement {
  return (
    <section className="summary" aria-label="Request">
      <p className="summary-line">
        <span className="badge">{method}</span>
        <code className="summary-url">
          {href ? (
            <a href={href} target="_blank" rel="noreferrer">
              {url}
            </a>
          ) : (
            url
          )}
        </code>
        {status && (
          <span className="badge" data-tone={Number(status) >= 400 ? 'error' : undefined}>
            {status}
          </span>
        )}
        <CopyButton text={url} label="Copy URL" />
      </p>
    </section>
  );
}

function DatabaseBlock({ system, target, query }: Extract<SpanSummary, { kind: 'database' }>): ReactElement {
  return (
    <section className="summary" aria-label="Database query">
      <p className="summary-line">
        <span className="badge">{system}</span>
        {target && <span className="summary-target">{target}</span>}
        {query && <CopyButton text={query} label="Copy query" />}
      </p>
      {query && (
        <pre className="code-block">
          <code>{query}</code>
        </pre>
      )}
    </section>
  );
}
