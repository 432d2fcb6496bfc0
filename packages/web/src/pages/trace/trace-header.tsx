import { Link, useRouter } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';
import { traceDownloadUrl } from '../../api/queries.ts';
import { countText, nanoText, timeText, unixNanoToMs } from '../../model/time-text.ts';
import type { Trace } from '../../model/trace.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { ServiceChip } from '../../ui/service.tsx';

interface Props {
  trace: Trace;
  onReload: () => void;
  reloading: boolean;
}

export function TraceHeader({ trace, onReload, reloading }: Props): ReactElement {
  const startMs = unixNanoToMs(trace.startUnixNano);
  const orphans = trace.spans.filter((span) => span.issues.some(({ kind }) => kind === 'missing-parent')).length;
  return (
    <header className="trace-header">
      <div className="trace-title-row">
        <BackLink />
        <h1>
          <span className="trace-root-service">{trace.root?.service}</span> {trace.root?.name}
        </h1>
        <div className="trace-actions">
          <IconButton
            icon="refresh"
            label="Load again, with spans that came later"
            onClick={onReload}
            className="refresh-button"
            data-busy={reloading || undefined}
          />
          <CopyButton text={() => location.href} label="Copy link" icon="link" wide />
          <a className="button" href={traceDownloadUrl(trace.id)} download={`trace-${trace.id}.json`}>
            <Icon name="download" />
            JSON
          </a>
        </div>
      </div>
      <div className="trace-facts">
        <ul className="trace-services" aria-label="Services">
          {[...trace.services]
            .sort((a, b) => b.spanCount - a.spanCount)
            .slice(0, 8)
            .map(({ name, spanCount, errorCount }) => (
              <li key={name}>
                <ServiceChip name={name} spans={spanCount} errors={errorCount} />
              </li>
            ))}
        </ul>
        <dl className="figures">
          <Figure label="Duration" value={nanoText(trace.duration)} />
          <Figure label="Start" value={<time dateTime={new Date(startMs).toISOString()}>{timeText(startMs)}</time>} />
          <Figure label="Spans" value={countText(trace.spans.length)} />
          <Figure label="Services" value={trace.services.length} />
          <Figure label="Depth" value={trace.depth} />
          <Figure
            label="Errors"
            value={countText(trace.errorCount)}
            tone={trace.errorCount > 0 ? 'error' : undefined}
          />
          <Figure
            label="Trace id"
            value={
              <>
                <code className="id-text">{trace.id.slice(0, 8)}…</code>
                <CopyButton text={trace.id} label="Copy trace id" />
              </>
            }
          />
        </dl>
      </div>
      {orphans > 0 && (
        <p className="trace-warning">
          <Icon name="warning" size={14} />
          {orphans === 1 ? 'One span’s parent' : `The parents of ${countText(orphans)} spans`} did not arrive: the tree
          has gaps.
        </p>
      )}
    </header>
  );
}

function Figure({ label, value, tone }: { label: string; value: ReactNode; tone?: 'error' | undefined }): ReactElement {
  return (
    <div data-tone={tone}>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Back to the very search that led here, where there was one. */
function BackLink(): ReactElement {
  const router = useRouter();
  return (
    <Link
      to="/search"
      className="icon-button back-link"
      aria-label="Back to the traces"
      onClick={(event) => {
        if (!router.history.canGoBack() || event.metaKey || event.ctrlKey) return;
        event.preventDefault();
        router.history.back();
      }}
    >
      <Icon name="chevronLeft" />
    </Link>
  );
}
