import type { ReactElement } from 'react';
import { Command } from '../../ui/command.tsx';
import { Notice } from '../../ui/notice.tsx';

export function NoCalls({ what }: { what: 'service' | 'span' }): ReactElement {
  return (
    <Notice icon="target" title={`No ${what} was called in this time`}>
      <p>
        Every program that sends traces shows here by itself, with its rate, errors and latencies. Look further back, or
        start one:
      </p>
      <Command text="sightline run node server.js" />
    </Notice>
  );
}

export function MetricsFailed({ error, onRetry }: { error: Error; onRetry: () => void }): ReactElement {
  return (
    <Notice icon="warning" tone="error" title="The numbers did not load">
      <p>{error.message}</p>
      <button type="button" className="button" onClick={onRetry}>
        Try again
      </button>
    </Notice>
  );
}

export function MetricsSkeleton(): ReactElement {
  return (
    <div className="card skeleton-rows" role="status" aria-label="Loading">
      {[42, 60, 35, 52, 48, 66].map((width) => (
        <div key={width} className="skeleton-row">
          <span className="skeleton" style={{ width: `${width}%` }} />
          <span className="skeleton" />
          <span className="skeleton" style={{ width: `${100 - width}%` }} />
        </div>
      ))}
    </div>
  );
}
