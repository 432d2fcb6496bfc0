import type { TraceSummary } from '@sightline/wire';
import { lazy, type ReactElement, Suspense } from 'react';
import type { SearchState } from '../../model/search-params.ts';
import { countOf } from '../../model/time-text.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { GroupPicker } from './group-picker.tsx';
import { ResultList } from './result-list.tsx';

const ScatterPlot = lazy(async () => ({ default: (await import('./scatter-plot.tsx')).ScatterPlot }));
const HeatMapCard = lazy(async () => ({ default: (await import('./heat-map-card.tsx')).HeatMapCard }));
const GroupsTable = lazy(async () => ({ default: (await import('./groups-table.tsx')).GroupsTable }));

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

export function Results(props: Props): ReactElement {
  const { traces, state, onChange, stale, hasMore, loadingMore, onLoadMore } = props;
  const { by, ...ungrouped } = state;
  return (
    <div className="results" aria-busy={stale}>
      <section className="card" aria-label="Duration over time">
        <div className="card-head">
          <ResultCount traces={traces} hasMore={hasMore} />
          <GroupPicker state={state} onChange={(next) => onChange(next ? { ...ungrouped, by: next } : ungrouped)} />
          <PlotChoice state={state} onChange={onChange} />
        </div>
        <div className="scatter-place" data-plot={state.plot}>
          <Suspense>
            {state.plot === 'heatmap' ? (
              <HeatMapCard state={state} onChange={onChange} />
            ) : (
              <ScatterPlot
                traces={traces}
                scale={state.scale ?? 'log'}
                onRange={(from, to) => onChange(withRange(state, from, to))}
              />
            )}
          </Suspense>
        </div>
      </section>
      {by ? (
        <Suspense>
          <GroupsTable state={state} by={by} onChange={onChange} />
        </Suspense>
      ) : (
        <ResultList
          traces={traces}
          order={state.order ?? 'newest'}
          onOrder={(order) => onChange({ ...state, order })}
        />
      )}
      {hasMore && !by && (
        <button type="button" className="button load-more" onClick={onLoadMore} disabled={loadingMore}>
          {loadingMore ? 'Loading…' : 'Load more'}
        </button>
      )}
    </div>
  );
}

function ResultCount({ traces, hasMore }: Pick<Props, 'traces' | 'hasMore'>): ReactElement {
  const failed = traces.filter(({ errorCount }) => errorCount > 0).length;
  return (
    <h2>
      <span role="status">
        {countOf(traces.length, 'trace')}
        {hasMore && <span className="faint"> so far</span>}
        {failed > 0 && <span className="failed-count"> · {failed} with an error</span>}
      </span>
    </h2>
  );
}

/** The traces as points, on either axis; or all matching spans, as a heat map. */
function PlotChoice({ state, onChange }: Pick<Props, 'state' | 'onChange'>): ReactElement {
  const { plot, scale, ...rest } = state;
  return (
    <Segmented
      label="Plot"
      value={plot ?? scale ?? 'log'}
      onChange={(next) => {
        if (next === 'heatmap') onChange({ ...rest, plot: 'heatmap' });
        else onChange(next === 'linear' ? { ...rest, scale: 'linear' } : rest);
      }}
      options={[
        { value: 'log', label: 'Log' },
        { value: 'linear', label: 'Linear' },
        { value: 'heatmap', label: 'Heat map' },
      ]}
    />
  );
}

/** A stretch of time that was chosen by hand stands still. */
function withRange({ last: _last, live: _live, ...rest }: SearchState, from: string, to: string): SearchState {
  return { ...rest, from, to };
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
