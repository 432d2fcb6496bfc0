import '../../styles/groups.css';
import { type AnyValue, formatDuration, type SpanGroup } from '@sightline/wire';
import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { groupsQuery, traceQlQuery } from '../../api/traceql-queries.ts';
import { formWithGroup, type GroupSort, groupText, sortGroups } from '../../model/group-rows.ts';
import { narrowQuery } from '../../model/narrow-query.ts';
import { rateText, shareText } from '../../model/rate-text.ts';
import { type SearchState, withQuery } from '../../model/search-params.ts';
import { countOf, countText } from '../../model/time-text.ts';
import { equals } from '../../model/traceql-values.ts';
import { Icon } from '../../ui/icon.tsx';
import { ServiceDot } from '../../ui/service.tsx';

interface Props {
  state: SearchState;
  by: string;
  onChange: (next: SearchState) => void;
}

const columns: readonly { sort: GroupSort; title: string }[] = [
  { sort: 'count', title: 'Spans' },
  { sort: 'errors', title: 'Errors' },
  { sort: 'p50', title: 'p50' },
  { sort: 'p95', title: 'p95' },
  { sort: 'p99', title: 'p99' },
];

/** Matching spans by a value that they have; a row leads to the traces with that value. */
export function GroupsTable({ state, by, onChange }: Props): ReactElement {
  const [{ sort, reversed }, setOrder] = useState<{ sort: GroupSort; reversed: boolean }>({
    sort: 'count',
    reversed: false,
  });
  const client = useQueryClient();
  const groups = useQuery({ ...groupsQuery(state, by), refetchInterval: state.live ? 10_000 : false });
  const narrowing = useMutation({ mutationFn: (value: AnyValue | null) => narrowed(client, state, by, value) });
  const narrow = (value: AnyValue | null) => narrowing.mutate(value, { onSuccess: (next) => next && onChange(next) });
  if (groups.isError && !groups.data) {
    return (
      <p className="card plot-empty" role="alert">
        These spans cannot be grouped by {by}: {groups.error.message}
      </p>
    );
  }
  if (!groups.data) return <div className="card skeleton-rows skeleton" role="status" aria-label="Grouping" />;
  const most = groups.data.groups.reduce((max, { spanCount }) => Math.max(max, spanCount), 1);
  return (
    <>
      <table className="card groups-table" aria-busy={groups.isPlaceholderData}>
        <thead>
          <tr>
            {[{ sort: 'value' as const, title: by }, ...columns].map((column) => (
              <th
                key={column.sort}
                scope="col"
                aria-sort={
                  column.sort !== sort ? undefined : (sort === 'value') !== reversed ? 'ascending' : 'descending'
                }
              >
                <button
                  type="button"
                  className="sort-button"
                  data-sorted={column.sort === sort || undefined}
                  onClick={() => setOrder({ sort: column.sort, reversed: column.sort === sort && !reversed })}
                >
                  {column.title}
                  <Icon
                    name={column.sort === sort && (sort === 'value') !== reversed ? 'arrowUp' : 'arrowDown'}
                    size={12}
                  />
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sortGroups(groups.data.groups, sort, reversed).map((group) => (
            <GroupRow
              key={groupText(group.value)}
              group={group}
              by={by}
              share={group.spanCount / most}
              onPick={() => narrow(group.value)}
            />
          ))}
        </tbody>
      </table>
      {narrowing.isError && (
        <p className="error-text groups-more" role="alert">
          {narrowing.error.message}
        </p>
      )}
      {groups.data.others > 0 && (
        <p className="faint groups-more">{countOf(groups.data.others, 'more value')}, with fewer spans each</p>
      )}
    </>
  );
}

/** The search, narrowed to a group; undefined where its value cannot be asked for, such as a list. */
async function narrowed(
  client: QueryClient,
  { by: _by, ...ungrouped }: SearchState,
  by: string,
  value: AnyValue | null,
): Promise<SearchState | undefined> {
  const form = formWithGroup(ungrouped, by, value);
  if (form) return form;
  const condition = equals(by, value);
  const { query } = await client.fetchQuery(traceQlQuery(ungrouped));
  return condition === undefined ? undefined : withQuery(ungrouped, narrowQuery(query, [condition]));
}

interface RowProps {
  group: SpanGroup;
  by: string;
  /** 0 to 1, of the largest group. */
  share: number;
  onPick: () => void;
}

function GroupRow({ group, by, share, onPick }: RowProps): ReactElement {
  const text = groupText(group.value);
  const failed = group.errorCount / Math.max(group.spanCount, 1);
  return (
    <tr className="group-row">
      <th scope="row">
        {by === 'resource.service.name' && <ServiceDot name={text} />}
        <button type="button" className="group-link" title={`Traces with ${by} = ${text}`} onClick={onPick}>
          {group.value === null ? (
            <span className="faint">(none)</span>
          ) : (
            text || <span className="faint">(empty)</span>
          )}
        </button>
      </th>
      <td className="group-count" title={`${rateText(group.ratePerSecond)} in this time`}>
        <span className="group-bar" aria-hidden="true">
          <span style={{ width: `${Math.max(1, share * 100)}%` }} />
        </span>
        {countText(group.spanCount)} <span className="faint">{rateText(group.ratePerSecond)}</span>
      </td>
      <td className={failed > 0 ? 'error-text' : 'faint'}>{failed > 0 ? shareText(failed) : '–'}</td>
      <td>{formatDuration(BigInt(group.p50Nano))}</td>
      <td>{formatDuration(BigInt(group.p95Nano))}</td>
      <td>{formatDuration(BigInt(group.p99Nano))}</td>
    </tr>
  );
}
