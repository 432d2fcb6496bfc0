import type { SearchStatus, ServiceInfo } from '@sightline/wire';
import { type ReactElement, type ReactNode, useState } from 'react';
import { defaultLimit, hasFilters, limits, type SearchState } from '../../model/search-params.ts';
import { countOf } from '../../model/time-text.ts';
import { Icon } from '../../ui/icon.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Picker } from '../../ui/picker.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Select } from '../../ui/select.tsx';
import { ServiceDot } from '../../ui/service.tsx';
import { TimeRangePicker } from '../../ui/time-range-picker.tsx';
import { DurationField } from './duration-field.tsx';
import { TagInput } from './tag-input.tsx';
import { useSpanNames } from './use-span-names.ts';

interface Props {
  state: SearchState;
  onChange: (next: SearchState) => void;
  services: readonly ServiceInfo[];
  onRefresh: () => void;
  refreshing: boolean;
}

/** Without a service chosen, the names of this many services are offered, the busiest. */
const askedServices = 20;

export function Filters({ state, onChange, services, onRefresh, refreshing }: Props): ReactElement {
  const [open, setOpen] = useState(false);
  const [namesWanted, setNamesWanted] = useState(false);
  const busiest = [...services].sort((a, b) => b.spanCount - a.spanCount).map(({ name }) => name);
  const namedServices = state.service ? [state.service] : busiest.slice(0, askedServices);
  const names = useSpanNames(namesWanted ? namedServices : [], state);
  const set = <Key extends keyof SearchState>(key: Key, value: SearchState[Key] | undefined) => {
    const { [key]: _replaced, ...rest } = state;
    onChange(value === undefined ? rest : { ...rest, [key]: value });
  };
  const setService = (service: string | undefined) => {
    const { service: _service, name: _name, ...rest } = state;
    onChange(service ? { ...rest, service } : rest);
  };
  const active = activeCount(state);

  return (
    <form
      className="filters"
      data-open={open || undefined}
      onSubmit={(event) => event.preventDefault()}
      aria-label="Search traces"
    >
      <button type="button" className="button filters-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name="filter" />
        {active > 0 ? `Filters (${active})` : 'Filters'}
      </button>
      <Field label="Service" area="service">
        <Picker
          label="Service"
          any="Any service"
          value={state.service}
          onChange={setService}
          options={services.map(({ name, spanCount }) => ({
            value: name,
            adornment: <ServiceDot name={name} />,
            note: countOf(spanCount, 'span'),
          }))}
        />
      </Field>
      <Field label="Span name" area="name">
        <Picker
          label="Span name"
          any="Any span name"
          value={state.name}
          onOpen={() => setNamesWanted(true)}
          onChange={(name) => set('name', name)}
          options={names.map(({ name, note }) => ({ value: name, note }))}
        />
      </Field>
      <Field label="Tags" area="tags">
        <TagInput
          tags={state.tag ?? []}
          service={state.service}
          range={state}
          onChange={(tags) => set('tag', tags.length > 0 ? tags : undefined)}
        />
      </Field>
      <span className="filters-break" />
      <Field label="Duration" area="duration">
        <div className="duration-pair">
          <DurationField
            label="Shortest duration"
            placeholder="min"
            value={state.min}
            onChange={(min) => set('min', min)}
          />
          <span aria-hidden="true">–</span>
          <DurationField
            label="Longest duration"
            placeholder="max"
            value={state.max}
            onChange={(max) => set('max', max)}
          />
        </div>
      </Field>
      <Field label="Status" area="status">
        <Segmented
          label="Status"
          value={state.status ?? 'any'}
          onChange={(status) => set('status', status === 'any' ? undefined : (status as SearchStatus))}
          options={[
            { value: 'any', label: 'Any' },
            { value: 'error', label: 'Error' },
            { value: 'ok', label: 'OK' },
            { value: 'unset', label: 'Unset' },
          ]}
        />
      </Field>
      <Field label="Time range" area="range">
        <TimeRangePicker state={state} onChange={onChange} />
      </Field>
      <Field label="Limit" area="limit">
        <Select
          label="Traces per page"
          value={String(state.limit ?? defaultLimit)}
          options={limits.map((limit) => ({ value: String(limit), label: String(limit) }))}
          onChange={(limit) => set('limit', Number(limit) === defaultLimit ? undefined : Number(limit))}
        />
      </Field>
      <div className="filters-actions">
        {hasFilters(state) && (
          <button type="button" className="button quiet" onClick={() => onChange(withoutFilters(state))}>
            Clear
          </button>
        )}
        <button
          type="button"
          className="button live-button"
          aria-pressed={state.live === true}
          onClick={() => set('live', state.live ? undefined : true)}
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

function Field({ label, area, children }: { label: string; area: string; children: ReactNode }): ReactElement {
  return (
    <div className="field" data-area={area}>
      <span className="field-label" aria-hidden="true">
        {label}
      </span>
      {children}
    </div>
  );
}

function activeCount({ service, name, tag = [], min, max, status }: SearchState): number {
  return [service, name, min, max, status].filter(Boolean).length + tag.length;
}

function withoutFilters({
  service: _s,
  name: _n,
  tag: _t,
  min: _i,
  max: _a,
  status: _u,
  ...rest
}: SearchState): SearchState {
  return rest;
}
