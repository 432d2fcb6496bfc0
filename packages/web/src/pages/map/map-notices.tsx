import type { ReactElement } from 'react';
import { Command } from '../../ui/command.tsx';
import { Notice } from '../../ui/notice.tsx';

export function NothingOnMap(): ReactElement {
  return (
    <Notice icon="target" title="Nothing called anything in this time">
      <p>
        The map draws itself from traces: services, the databases, queues and hosts that they call, and how often. Look
        further back, or start a program:
      </p>
      <Command text="sightline run node server.js" />
    </Notice>
  );
}

export function MapFailed({ error, onRetry }: { error: Error; onRetry: () => void }): ReactElement {
  return (
    <Notice icon="warning" tone="error" title="The map did not load">
      <p>{error.message}</p>
      <button type="button" className="button" onClick={onRetry}>
        Try again
      </button>
    </Notice>
  );
}

export function MapSkeleton(): ReactElement {
  return (
    <div className="map-place" role="status" aria-label="Drawing the map">
      <div className="map-skeleton">
        {[1, 2, 3, 4, 5, 6].map((box) => (
          <span key={box} className="skeleton" />
        ))}
      </div>
    </div>
  );
}
