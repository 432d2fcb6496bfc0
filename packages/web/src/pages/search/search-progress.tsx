import type { ReactElement } from 'react';
import { clockText, timeText, unixNanoToMs } from '../../model/time-text.ts';
import { Icon } from '../../ui/icon.tsx';

interface Props {
  /** How far back the search has come. */
  searchedFromUnixNano: string;
  running: boolean;
  onStop: () => void;
  onSearchOn: () => void;
}

/** Stands above results that are not all there yet. */
export function SearchProgress({ searchedFromUnixNano, running, onStop, onSearchOn }: Props): ReactElement {
  const ms = unixNanoToMs(searchedFromUnixNano);
  const isToday = new Date(ms).toDateString() === new Date().toDateString();
  const back = isToday ? clockText(ms).slice(0, 8) : timeText(ms).slice(0, -4);
  return (
    <p className="search-progress" role="status" data-running={running || undefined}>
      {running && <span className="live-dot" data-on aria-hidden="true" />}
      <span>{running ? `Searching: back to ${back} so far` : `Stopped: searched back to ${back}`}</span>
      <button type="button" className="button quiet" onClick={running ? onStop : onSearchOn}>
        <Icon name={running ? 'close' : 'refresh'} size={14} />
        {running ? 'Stop' : 'Search all of it'}
      </button>
    </p>
  );
}
