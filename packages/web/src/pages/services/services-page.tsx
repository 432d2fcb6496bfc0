import '../../styles/services.css';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactElement, useEffect, useState } from 'react';
import { serviceMetricsQuery } from '../../api/service-queries.ts';
import { defaultSort, sortedBy } from '../../model/page-params.ts';
import { serviceRows, sortRows } from '../../model/service-rows.ts';
import { rangeOf } from '../../model/time-range.ts';
import { countOf } from '../../model/time-text.ts';
import { useServicesState } from '../../state/location.ts';
import { rememberServices } from '../../state/service-colors.ts';
import { FilterBox } from '../../ui/filter-box.tsx';
import { ServiceDot } from '../../ui/service.tsx';
import { TimeRangePicker } from '../../ui/time-range-picker.tsx';
import { MetricsTable } from './metrics-table.tsx';
import { MetricsFailed, MetricsSkeleton, NoCalls } from './services-notices.tsx';

const refreshMs = 15_000;

export function ServicesPage(): ReactElement {
  const [state, change] = useServicesState();
  const [wanted, setWanted] = useState('');
  const metrics = useQuery({ ...serviceMetricsQuery(state), refetchInterval: refreshMs });
  useEffect(() => {
    document.title = 'Services · Sightline';
  }, []);
  const all = metrics.data ? serviceRows(metrics.data) : [];
  rememberServices(sortRows(all, 'rate', false).map(({ entry }) => entry.service));
  const found = all.filter(({ entry }) => entry.service.toLowerCase().includes(wanted.trim().toLowerCase()));
  const { sort = defaultSort, reversed = false } = state;
  const range = rangeOf(state) as Record<string, unknown>;

  return (
    <main className="page services-page">
      <div className="page-head">
        <h1>
          Services <span className="faint">{all.length > 0 && countOf(all.length, 'service')}</span>
        </h1>
        <FilterBox label="Find a service" value={wanted} onChange={setWanted} />
        <TimeRangePicker state={state} onChange={change} />
      </div>
      {metrics.isPending && <MetricsSkeleton />}
      {metrics.isError && !metrics.data && (
        <MetricsFailed error={metrics.error} onRetry={() => void metrics.refetch()} />
      )}
      {metrics.data && all.length === 0 && <NoCalls what="service" />}
      {all.length > 0 && found.length === 0 && <p className="faint">No service of that name.</p>}
      {found.length > 0 && (
        <MetricsTable
          title="Service"
          rows={sortRows(found, sort, reversed)}
          sort={sort}
          reversed={reversed}
          onSort={(next) => change(sortedBy(state, next))}
          stale={metrics.isPlaceholderData}
          nameOf={({ service }) => (
            <>
              <ServiceDot name={service} />
              <Link to="/services/$service" params={{ service }} search={range} className="row-link">
                {service}
              </Link>
            </>
          )}
          actionsOf={({ service }) => (
            <>
              <Link
                to="/search"
                search={{ ...range, service }}
                className="button quiet"
                aria-label={`Traces of ${service}`}
              >
                Traces
              </Link>
              <Link
                to="/map"
                search={{ ...range, focus: service }}
                className="button quiet"
                aria-label={`${service} on the map`}
              >
                Map
              </Link>
            </>
          )}
        />
      )}
      {metrics.data && metrics.data.others > 0 && (
        <p className="faint">{countOf(metrics.data.others, 'more service')}, with fewer spans each</p>
      )}
    </main>
  );
}
