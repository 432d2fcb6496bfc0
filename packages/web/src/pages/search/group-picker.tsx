import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { attributeKeysQuery } from '../../api/queries.ts';
import { conditionsOf, type SearchState } from '../../model/search-params.ts';
import { countText } from '../../model/time-text.ts';
import { attributeField } from '../../model/traceql-values.ts';
import { Picker } from '../../ui/picker.tsx';

/** What every span has. */
const common: readonly { value: string; note: string }[] = [
  { value: 'resource.service.name', note: 'service' },
  { value: 'name', note: 'span name' },
  { value: 'status', note: 'ok, error, unset' },
  { value: 'kind', note: 'server, client, …' },
  { value: 'rootServiceName', note: 'where the trace began' },
  { value: 'rootName', note: 'how the trace began' },
];

interface Props {
  state: SearchState;
  onChange: (by: string | undefined) => void;
}

export function GroupPicker({ state, onChange }: Props): ReactElement {
  const [wanted, setWanted] = useState(false);
  const question = { conditions: conditionsOf(state), prefix: '', range: state };
  const keys = useQuery({ ...attributeKeysQuery(question), enabled: wanted });
  const known = new Set(common.map(({ value }) => value));
  const attributes = (keys.data?.attributes ?? [])
    // What events, links and instrumentation have is grouped by for a query only.
    .filter(({ scope }) => state.q !== undefined || scope === 'span' || scope === 'resource')
    .map(({ scope, key, spanCount }) => ({ value: attributeField(scope, key), note: countText(spanCount) }))
    .filter(({ value }) => !known.has(value));
  return (
    <span className="group-picker">
      <Picker
        label="Group by"
        any="Group by …"
        value={state.by}
        onOpen={() => setWanted(true)}
        onChange={onChange}
        options={[...common, ...attributes]}
      />
    </span>
  );
}
