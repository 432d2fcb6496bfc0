import '../../styles/metrics-table.css';
import type { ServiceMetrics } from '@sightline/wire';
import type { ReactElement, ReactNode } from 'react';
import { rateText, shareText } from '../../model/rate-text.ts';
import type { ServiceRow, ServiceSort } from '../../model/service-rows.ts';
import { largest } from '../../model/sparkline.ts';
import { nanoText } from '../../model/time-text.ts';
import { Icon } from '../../ui/icon.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';

interface Props {
  /** What the first column holds: `Service`, `Span name`. */
  title: string;
  rows: readonly ServiceRow[];
  sort: ServiceSort;
  reversed: boolean;
  onSort: (sort: ServiceSort) => void;
  /** The first cell's content, a link. */
  nameOf: (entry: ServiceMetrics) => ReactNode;
  actionsOf: (entry: ServiceMetrics) => ReactNode;
  stale: boolean;
}

const columns: readonly { sort: ServiceSort; title: string }[] = [
  { sort: 'rate', title: 'Rate' },
  { sort: 'errors', title: 'Errors' },
  { sort: 'p50', title: 'p50' },
  { sort: 'p95', title: 'p95' },
  { sort: 'p99', title: 'p99' },
];

/** Rate, errors and latencies, one line each as small multiples: every row on a scale of its own. */
export function MetricsTable(props: Props): ReactElement {
  const { title, rows, stale } = props;
  return (
    <table className="card metrics-table" aria-busy={stale}>
      <thead>
        <tr>
          <SortHead {...props} column={{ sort: 'name', title }} />
          {columns.map((column) => (
            <SortHead key={column.sort} {...props} column={column} />
          ))}
          <th className="cell-actions">
            <span className="visually-hidden">Go to</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <MetricsRow key={row.key} row={row} nameOf={props.nameOf} actionsOf={props.actionsOf} />
        ))}
      </tbody>
    </table>
  );
}

function SortHead({
  column,
  sort,
  reversed,
  onSort,
}: Pick<Props, 'sort' | 'reversed' | 'onSort'> & { column: { sort: ServiceSort; title: string } }): ReactElement {
  const sorted = sort === column.sort;
  const ascending = (column.sort === 'name') !== reversed;
  return (
    <th
      scope="col"
      className={`cell-${column.sort}`}
      aria-sort={sorted ? (ascending ? 'ascending' : 'descending') : undefined}
    >
      <button
        type="button"
        className="sort-button"
        data-sorted={sorted || undefined}
        onClick={() => onSort(column.sort)}
      >
        {column.title}
        <Icon name={sorted && ascending ? 'arrowUp' : 'arrowDown'} size={12} />
      </button>
    </th>
  );
}

function MetricsRow({
  row,
  nameOf,
  actionsOf,
}: { row: ServiceRow } & Pick<Props, 'nameOf' | 'actionsOf'>): ReactElement {
  const { entry, rates, errorShares, errorShare, ratePerSecond } = row;
  const slowest = largest(entry.p99s);
  return (
    <tr className="metrics-row">
      <td className="cell-name">{nameOf(entry)}</td>
      <td className="cell-rate">
        <span className="metric" data-label="Rate">
          {rateText(ratePerSecond)}
        </span>
        <Sparkline values={rates} max={largest(rates)} />
      </td>
      <td className="cell-errors" data-any={errorShare > 0 || undefined}>
        <span className="metric" data-label="Errors">
          {errorShare > 0 ? shareText(errorShare) : '–'}
        </span>
        {/* Never a scale below a tenth: one failure in a thousand is no mountain. */}
        <Sparkline values={errorShares} max={Math.max(0.1, largest(errorShares))} tone="error" />
      </td>
      <td className="cell-p50">
        <span className="metric" data-label="p50">
          {nanoText(entry.p50Nano)}
        </span>
      </td>
      <td className="cell-p95">
        <span className="metric" data-label="p95">
          {nanoText(entry.p95Nano)}
        </span>
        <Sparkline values={entry.p95s} beside={entry.p50s} max={slowest} />
      </td>
      <td className="cell-p99">
        <span className="metric" data-label="p99">
          {nanoText(entry.p99Nano)}
        </span>
        <Sparkline values={entry.p99s} max={slowest} />
      </td>
      <td className="cell-actions">{actionsOf(entry)}</td>
    </tr>
  );
}
