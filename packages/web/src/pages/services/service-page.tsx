import '../../styles/services.css';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactElement, useEffect } from 'react';
import { serviceMetricsQuery } from '../../api/service-queries.ts';
import { defaultSort, sortedBy } from '../../model/page-params.ts';
import { serviceRows, sortRows } from '../../model/service-rows.ts';
import { kindText } from '../../model/span-summary.ts';
import { rangeOf } from '../../model/time-range.ts';
import { countOf } from '../../model/time-text.ts';
import { useServiceName, useServicesState } from '../../state/location.ts';
import { ServiceDot } from '../../ui/service.tsx';
import { TimeRangePicker } from '../../ui/time-range-picker.tsx';
import { MetricsTable } from './metrics-table.tsx';
import { ServiceCharts } from './service-charts.tsx';
import { MetricsFailed, MetricsSkeleton, NoCalls } from './services-notices.tsx';

const refreshMs = 15_000;

export function ServicePage(): ReactElement {
  const service = useServiceName();
  const [state, change] = useServicesState();
  const names = useQuery({ ...serviceMetricsQuery(state, service), refetchInterval: refreshMs });
  const services = useQuery({ ...serviceMetricsQuery(state), refetchInterval: refreshMs });
  useEffect(() => {
    document.title = `${service} · Sightline`;
  }, [service]);
  const { sort = defaultSort, reversed = false } = state;
  const range = rangeOf(state) as Record<string, unknown>;
  const rows = names.data ? serviceRows(names.data) : [];
  const whole = services.data && serviceRows(services.data).find(({ entry }) => entry.service === service);

  return (
    <main className="page services-page">
      <div className="page-head">
        <h1>
          <Link to="/services" search={range} className="crumb">
            Services
          </Link>
          <span className="faint">/</span>
          <ServiceDot name={service} />
          {service}
        </h1>
        <span className="page-actions">
          <Link to="/search" search={{ ...range, service }} className="button">
            Traces
          </Link>
          <Link to="/map" search={{ ...range, focus: service }} className="button">
            On the map
          </Link>
        </span>
        <TimeRangePicker state={state} onChange={change} />
      </div>
      {whole && services.data && (
        <ServiceCharts
          row={whole}
          answer={services.data}
          onRange={(from, to) => change({ ...withoutRange(state), from, to })}
        />
      )}
      {names.isPending && <MetricsSkeleton />}
      {names.isError && !names.data && <MetricsFailed error={names.error} onRetry={() => void names.refetch()} />}
      {names.data && rows.length === 0 && <NoCalls what="span" />}
      {rows.length > 0 && (
        <MetricsTable
          title="Span name"
          rows={sortRows(rows, sort, reversed)}
          sort={sort}
          reversed={reversed}
          onSort={(next) => change(sortedBy(state, next))}
          stale={names.isPlaceholderData}
          nameOf={({ name = '', kind }) => (
            <>
              <Link to="/search" search={{ ...range, service, name }} className="row-link">
                {name || '(no name)'}
              </Link>
              {kind !== undefined && kindText(kind) && <span className="badge">{kindText(kind)}</span>}
            </>
          )}
          actionsOf={({ name = '' }) => (
            <Link
              to="/search"
              search={{ ...range, service, name, status: 'error' }}
              className="button quiet"
              aria-label={`Errors of ${name}`}
            >
              Errors
            </Link>
          )}
        />
      )}
      {names.data && names.data.others > 0 && (
        <p className="faint">{countOf(names.data.others, 'more span name')}, with fewer spans each</p>
      )}
    </main>
  );
}

function withoutRange<State extends { last?: string; from?: string; to?: string }>({
  last: _last,
  from: _from,
  to: _to,
  ...rest
}: State): Omit<State, 'last' | 'from' | 'to'> {
  return rest;
}
