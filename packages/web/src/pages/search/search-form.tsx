import type { SearchStatus, ServiceInfo } from '@sightline/wire';
import { type ReactElement, useState } from 'react';
import { conditionsOf, type SearchState } from '../../model/search-params.ts';
import { countOf } from '../../model/time-text.ts';
import { Field } from '../../ui/field.tsx';
import { Picker } from '../../ui/picker.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { ServiceDot } from '../../ui/service.tsx';
import { DurationField } from './duration-field.tsx';
import { TagInput } from './tag-input.tsx';
import { useSpanNames } from './use-span-names.ts';

interface Props {
  state: SearchState;
  onChange: (next: SearchState) => void;
  services: readonly ServiceInfo[];
}

/** Without a service chosen, the names of this many services are offered, the busiest. */
const askedServices = 20;

/** The conditions, a field for each. */
export function SearchForm({ state, onChange, services }: Props): ReactElement {
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
  return (
    <>
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
          conditions={conditionsOf(state)}
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
    </>
  );
}
