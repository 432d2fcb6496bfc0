import type { TraceSummary } from '@sightline/wire';
import { lazy, type ReactElement, Suspense } from 'react';
import type { SearchState } from '../../model/search-params.ts';
import { countOf } from '../../model/time-text.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { ResultList } from './result-list.tsx';

const ScatterPlot = lazy(async () => ({ default: (await import('./scatter-plot.tsx')).ScatterPlot }));

interface Props {
  traces: readonly TraceSummary[];
  state: SearchState;
  onChange: (next: SearchState) => void;
  /** The traces are those of the search before. */
  stale: boolean;
  hasMore: boolean;
  loadingMore: boolean;
  onLoadMore: () => void;
}

export function Results({ traces, state, onChange, stale, hasMore, loadingMore, onLoadMore }: Props): ReactElement {
  const failed = traces.filter(({ errorCount }) => errorCount > 0).length;
  const { scale = 'log', last: _last, from: _from, to: _to, live: _live, ...rest } = state;
  return (
    <div className="results" aria-busy={stale}>
      <section className="card" aria-label="Duration over time">
        <div className="card-head">
          <h2>
            <span role="status">
              {countOf(traces.length, 'trace')}
              {hasMore && <span className="faint"> so far</span>}
              {failed > 0 && <span className="failed-count"> · {failed} with an error</span>}
            </span>
          </h2>
          <Segmented
            label="Duration axis"
            value={scale}
            onChange={(next) => {
              const { scale: _scale, ...others } = state;
              onChange(next === 'linear' ? { ...others, scale: 'linear' } : others);
            }}
            options={[
              { value: 'log', label: 'Log' },
              { value: 'linear', label: 'Linear' },
            ]}
          />
        </div>
        <div className="scatter-place">
          <Suspense>
            <ScatterPlot
              traces={traces}
              scale={scale}
              onRange={(from, to) => onChange({ ...rest, from, to, ...(scale === 'linear' && { scale }) })}
            />
          </Suspense>
        </div>
      </section>
      <ResultList traces={traces} order={state.order ?? 'newest'} onOrder={(order) => onChange({ ...state, order })} />
      {hasMore && (
        <button type="button" className="button load-more" onClick={onLoadMore} disabled={loadingMore}>
          {loadingMore ? 'Loading…' : 'Load more'}
        </button>
      )}
    </div>
  );
}

export function ResultsSkeleton(): ReactElement {
  return (
    <div className="results" role="status" aria-label="Searching">
      <div className="card">
        <div className="card-head">
          <span className="skeleton">00 traces</span>
        </div>
        <div className="scatter-place">
          <div className="skeleton skeleton-plot" />
        </div>
      </div>
      <div className="card skeleton-rows">
        {[72, 58, 80, 64, 70, 52, 76, 60].map((width) => (
          <div key={width} className="skeleton-row">
            <span className="skeleton" style={{ width: `${width}%` }} />
            <span className="skeleton" style={{ width: `${width - 20}%` }} />
            <span className="skeleton" style={{ width: `${120 - width}%` }} />
          </div>
        ))}
      </div>
    </div>
  );
}
