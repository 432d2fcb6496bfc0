import { Link, useRouter } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';
import { traceDownloadUrl } from '../../api/queries.ts';
import { isStillRunning, missingParents } from '../../model/still-running.ts';
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
  reloadError: Error | undefined;
}

const shownServices = 8;

export function TraceHeader({ trace, onReload, reloading, reloadError }: Props): ReactElement {
  const startMs = unixNanoToMs(trace.startUnixNano);
  return (
    <header className="trace-header">
      <div className="trace-title-row">
        <BackLink />
        <h1>
          <span className="trace-root-service">{trace.root?.service}</span>{' '}
          <span className="trace-root-name">{trace.root?.name}</span>
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
        <ServiceList services={trace.services} />
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
      <Gaps trace={trace} />
      {reloadError && <Warning>It could not be loaded again. {reloadError.message}</Warning>}
    </header>
  );
}

/** The busiest first; there is no room for all of a large system. */
function ServiceList({ services }: Pick<Trace, 'services'>): ReactElement {
  const busiest = [...services].sort((a, b) => b.spanCount - a.spanCount);
  const hidden = busiest.slice(shownServices).map(({ name }) => name);
  return (
    <ul className="trace-services" aria-label="Services">
      {busiest.slice(0, shownServices).map(({ name, spanCount, errorCount }) => (
        <li key={name}>
          <ServiceChip name={name} spans={spanCount} errors={errorCount} />
        </li>
      ))}
      {hidden.length > 0 && (
        <li className="faint" title={hidden.join(', ')}>
          +{hidden.length}
        </li>
      )}
    </ul>
  );
}

function Gaps({ trace }: { trace: Trace }): ReactElement | null {
  const orphans = missingParents(trace);
  if (orphans === 0) return null;
  const whose = orphans === 1 ? 'One span’s parent' : `The parents of ${countText(orphans)} spans`;
  return (
    <Warning>
      {isStillRunning(trace, Date.now())
        ? `${whose} did not arrive yet. What comes will appear by itself.`
        : `${whose} did not arrive: the tree has gaps.`}
    </Warning>
  );
}

function Warning({ children }: { children: ReactNode }): ReactElement {
  return (
    <p className="trace-warning" role="status">
      <Icon name="warning" size={14} />
      {children}
    </p>
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
