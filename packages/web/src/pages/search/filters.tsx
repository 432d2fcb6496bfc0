import type { ServiceInfo } from '@sightline/wire';
import { type ReactElement, useState } from 'react';
import { defaultLimit, hasFilters, limits, type SearchState, withoutConditions } from '../../model/search-params.ts';
import { Field } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Select } from '../../ui/select.tsx';
import { TimeRangePicker } from '../../ui/time-range-picker.tsx';
import { QueryBar } from './query-bar.tsx';
import { SearchForm } from './search-form.tsx';
import { type SearchMode, useSearchMode } from './use-search-mode.ts';

interface Props {
  state: SearchState;
  onChange: (next: SearchState) => void;
  services: readonly ServiceInfo[];
  onRefresh: () => void;
  refreshing: boolean;
}

/** What is searched for, as a form or as a query, and in which time. */
export function Filters({ state, onChange, services, onRefresh, refreshing }: Props): ReactElement {
  const [open, setOpen] = useState(false);
  const mode = useSearchMode(state, onChange, onRefresh);
  const active = activeCount(state);
  return (
    <form
      className="filters"
      data-open={open || undefined}
      data-mode={mode.mode}
      onSubmit={(event) => event.preventDefault()}
      aria-label="Search traces"
    >
      {mode.mode === 'form' && (
        <>
          <button type="button" className="button filters-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
            <Icon name="filter" />
            {active > 0 ? `Filters (${active})` : 'Filters'}
          </button>
          <SearchForm state={state} onChange={onChange} services={services} />
        </>
      )}
      {mode.mode === 'query' && (
        <QueryBar
          draft={mode.draft}
          q={state.q ?? ''}
          range={state}
          autoFocus={mode.wantsFocus}
          onDraft={mode.setDraft}
          onRun={mode.run}
        />
      )}
      {mode.mode === 'no-form' && <NoForm mode={mode} />}
      {mode.failure && (
        <p className="filters-failure" role="alert">
          {mode.failure.message}
        </p>
      )}
      <Field label="Time range" area="range">
        <TimeRangePicker state={state} onChange={onChange} />
      </Field>
      <Field label="Limit" area="limit">
        <Select
          label="Traces per page"
          value={String(state.limit ?? defaultLimit)}
          options={limits.map((limit) => ({ value: String(limit), label: String(limit) }))}
          onChange={(limit) => onChange(withLimit(state, Number(limit)))}
        />
      </Field>
      <div className="filters-actions">
        {hasFilters(state) && (
          <button type="button" className="button quiet" onClick={() => onChange(cleared(state))}>
            Clear
          </button>
        )}
        <Segmented
          label="Search by"
          value={mode.mode === 'query' ? 'query' : 'form'}
          onChange={(next) => (next === 'query' ? mode.toQuery() : mode.toForm())}
          options={[
            { value: 'form', label: 'Form' },
            { value: 'query', label: 'Query' },
          ]}
        />
        <button
          type="button"
          className="button live-button"
          aria-pressed={state.live === true}
          onClick={() => onChange(withLive(state))}
        >
          <span className="live-dot" data-on={state.live} aria-hidden="true" />
          Live
        </button>
        <IconButton
          icon="refresh"
          label="Search again"
          onClick={onRefresh}
          data-busy={refreshing || undefined}
          className="refresh-button"
        />
      </div>
    </form>
  );
}

function NoForm({ mode }: { mode: SearchMode }): ReactElement {
  return (
    <div className="no-form" role="status">
      <p>
        The form’s fields cannot say <code>{mode.draft}</code>. One span has to meet all of them at once; this query
        says more.
      </p>
      <button type="button" className="button" onClick={mode.toQuery}>
        Edit the query
      </button>
      <button type="button" className="button quiet" onClick={mode.emptyForm}>
        Empty the form instead
      </button>
    </div>
  );
}

function activeCount({ service, name, tag = [], min, max, status }: SearchState): number {
  return [service, name, min, max, status].filter(Boolean).length + tag.length;
}

/** A query that is cleared stays a query. */
function cleared(state: SearchState): SearchState {
  const rest = withoutConditions(state);
  return state.q === undefined ? rest : { q: '{ }', ...rest };
}

function withLimit({ limit: _limit, ...rest }: SearchState, limit: number): SearchState {
  return limit === defaultLimit ? rest : { ...rest, limit };
}

function withLive({ live, ...rest }: SearchState): SearchState {
  return live ? rest : { ...rest, live: true };
}
