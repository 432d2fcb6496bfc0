import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactElement, useEffect } from 'react';
import { ApiError } from '../../api/client.ts';
import { explanationQuery, traceQuery } from '../../api/queries.ts';
import { useTraceLocation } from '../../state/location.ts';
import { rememberServices } from '../../state/service-colors.ts';
import { Notice } from '../../ui/notice.tsx';
import { TraceBody } from './trace-body.tsx';

export function TracePage(): ReactElement {
  const { traceId } = useTraceLocation();
  const trace = useQuery(traceQuery(traceId));
  const explanation = useQuery(explanationQuery(traceId, trace.data?.spans.length));
  const name = trace.data?.root?.name;
  useEffect(() => {
    document.title = `${name ?? traceId.slice(0, 8)} · Sightline`;
  }, [name, traceId]);

  if (trace.isPending) return <TraceSkeleton />;
  const reload = () => void trace.refetch();
  if (!trace.data) return <TraceFailed error={trace.error} traceId={traceId} onRetry={reload} />;
  rememberServices(trace.data.services.map((service) => service.name));
  return (
    <TraceBody
      key={traceId}
      trace={trace.data}
      explanation={explanation.data}
      explanationFailed={explanation.isError}
      onReload={reload}
      reloading={trace.isRefetching}
      reloadError={trace.error ?? undefined}
    />
  );
}

function TraceFailed({
  error,
  traceId,
  onRetry,
}: {
  error: Error;
  traceId: string;
  onRetry: () => void;
}): ReactElement {
  const missing = error instanceof ApiError && error.status === 404;
  return (
    <main className="page">
      <Notice
        icon={missing ? 'search' : 'warning'}
        tone={missing ? 'calm' : 'error'}
        title={missing ? 'No such trace' : 'The trace did not load'}
      >
        {missing ? (
          <p>
            Nothing is stored under <code className="id-text">{traceId}</code>. It may still be on its way, or older
            than what is kept.
          </p>
        ) : (
          <p>{error.message}</p>
        )}
        <div className="notice-actions">
          <button type="button" className="button primary" onClick={onRetry}>
            Look again
          </button>
          <Link to="/search" className="button">
            Search traces
          </Link>
        </div>
      </Notice>
    </main>
  );
}

function TraceSkeleton(): ReactElement {
  const bars = [
    [0, 88],
    [2, 30],
    [6, 22],
    [33, 52],
    [36, 44],
    [38, 14],
    [54, 24],
    [80, 6],
  ] as const;
  return (
    <main className="trace-page" role="status" aria-label="Loading the trace">
      <div className="trace-header">
        <span className="skeleton trace-skeleton-title">A service: a span</span>
        <span className="skeleton trace-skeleton-figures">Start, duration, spans and services</span>
      </div>
      <div className="trace-skeleton-rows">
        {bars.map(([start, width]) => (
          <div key={start} className="trace-skeleton-row">
            <span className="skeleton" style={{ width: `${70 - start / 3}%` }} />
            <span>
              <span className="skeleton" style={{ marginInlineStart: `${start}%`, width: `${width}%` }} />
            </span>
          </div>
        ))}
      </div>
    </main>
  );
}
