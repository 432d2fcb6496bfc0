import { formatDuration, type TraceOrder, type TraceSummary } from '@sightline/wire';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { ageText, countText, timeText, unixNanoToMs } from '../../model/time-text.ts';
import { useNow } from '../../state/now.ts';
import { Icon } from '../../ui/icon.tsx';
import { ServiceChip, ServiceDot, serviceStyle } from '../../ui/service.tsx';
import { MatchedSpans } from './matched-spans.tsx';

interface Props {
  traces: readonly TraceSummary[];
  order: TraceOrder;
  onOrder: (order: TraceOrder) => void;
}

interface Column {
  title: string;
  className: string;
  /** A click sorts by the first, a second click by the second. */
  orders: readonly TraceOrder[];
}

const columns: readonly Column[] = [
  { title: 'Trace', className: 'cell-name', orders: [] },
  { title: 'Services', className: 'cell-services', orders: [] },
  { title: 'Spans', className: 'cell-number', orders: ['most-spans'] },
  { title: 'Errors', className: 'cell-number', orders: ['most-errors'] },
  { title: 'Duration', className: 'cell-duration', orders: ['longest', 'shortest'] },
  { title: 'Started', className: 'cell-age', orders: ['newest', 'oldest'] },
];

const shownServices = 4;

export function ResultList({ traces, order, onOrder }: Props): ReactElement {
  const now = useNow(10_000);
  const longest = traces.reduce((max, { durationNano }) => Math.max(max, Number(durationNano)), 1);
  return (
    <table className="card result-list">
      <thead>
        <tr>
          {columns.map((column) => (
            <HeaderCell key={column.title} column={column} order={order} onOrder={onOrder} />
          ))}
        </tr>
      </thead>
      <tbody>
        {traces.map((trace) => (
          <ResultRow key={trace.traceId} trace={trace} longestNano={longest} now={now} />
        ))}
      </tbody>
    </table>
  );
}

function HeaderCell({
  column,
  order,
  onOrder,
}: {
  column: Column;
  order: TraceOrder;
  onOrder: Props['onOrder'];
}): ReactElement {
  const { title, className, orders } = column;
  const [first, second] = orders;
  if (!first) {
    return (
      <th scope="col" className={className}>
        {title}
      </th>
    );
  }
  const sorted = orders.includes(order);
  const ascending = order === second;
  return (
    <th scope="col" className={className} aria-sort={sorted ? (ascending ? 'ascending' : 'descending') : undefined}>
      <button
        type="button"
        className="sort-button"
        data-sorted={sorted || undefined}
        onClick={() => onOrder(order === first && second ? second : first)}
      >
        {title}
        <Icon name={ascending ? 'arrowUp' : 'arrowDown'} size={12} />
      </button>
    </th>
  );
}

function ResultRow({
  trace,
  longestNano,
  now,
}: {
  trace: TraceSummary;
  longestNano: number;
  now: number;
}): ReactElement {
  const startMs = unixNanoToMs(trace.startUnixNano);
  const hidden = trace.services.length - shownServices;
  return (
    <tr className="result" data-error={trace.errorCount > 0 || undefined}>
      <td className="cell-name">
        <ServiceDot name={trace.rootServiceName} />
        <span className="result-title">
          <Link to="/trace/$traceId" params={{ traceId: trace.traceId }} className="result-link">
            {trace.rootSpanName || '(no name)'}
          </Link>
          <span className="result-service">
            {trace.rootServiceName}
            {!trace.hasRoot && (
              <span title="The span that all others hang under has not arrived (yet)."> · root missing</span>
            )}
          </span>
        </span>
      </td>
      <td className="cell-services">
        <span className="chips">
          {trace.services.slice(0, shownServices).map(({ name, spanCount, errorCount }) => (
            <ServiceChip key={name} name={name} spans={spanCount} errors={errorCount} />
          ))}
          {hidden > 0 && (
            <span
              className="faint"
              title={trace.services
                .slice(shownServices)
                .map(({ name }) => name)
                .join(', ')}
            >
              +{hidden}
            </span>
          )}
        </span>
      </td>
      <td className="cell-number" data-label="spans">
        {countText(trace.spanCount)}
      </td>
      <td className="cell-number" data-label="errors" data-empty={trace.errorCount === 0 || undefined}>
        {trace.errorCount > 0 ? (
          <span className="error-count">
            <Icon name="alert" size={14} />
            {countText(trace.errorCount)}
            <span className="narrow-only"> {trace.errorCount === 1 ? 'error' : 'errors'}</span>
          </span>
        ) : (
          <span className="faint">–</span>
        )}
      </td>
      <td className="cell-duration">
        <span className="duration-text">{formatDuration(BigInt(trace.durationNano))}</span>
        <span className="duration-bar" style={serviceStyle(trace.rootServiceName)} aria-hidden="true">
          <span style={{ width: `${Math.max(0.75, (Number(trace.durationNano) / longestNano) * 100)}%` }} />
        </span>
      </td>
      <td className="cell-age">
        <time dateTime={new Date(startMs).toISOString()} title={timeText(startMs)}>
          {ageText(startMs, now)}
        </time>
      </td>
      <MatchedSpans trace={trace} />
    </tr>
  );
}
