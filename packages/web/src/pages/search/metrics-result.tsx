import '../../styles/heat-map.css';
import '../../styles/metrics-result.css';
import type { MetricsResponse } from '@sightline/wire';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactElement, useMemo } from 'react';
import { metricsQuery } from '../../api/traceql-queries.ts';
import {
  isHistogram,
  mostLines,
  type NamedSeries,
  namedSeries,
  stepTimes,
  valueFormat,
} from '../../model/chart-series.ts';
import type { SearchState } from '../../model/search-params.ts';
import { palette, type ServiceColor, slotColor } from '../../model/service-colors.ts';
import { clockText, countOf, unixNanoToMs } from '../../model/time-text.ts';
import { LineChart } from '../../ui/line-chart.tsx';
import { HeatLegend, HeatMapPlot } from './heat-map-plot.tsx';
import { SearchFailed } from './search-notices.tsx';

interface Props {
  q: string;
  state: SearchState;
  onChange: (next: SearchState) => void;
}

/** What a metrics query answers with: a chart and its legend, in place of traces. */
export function MetricsResult({ q, state, onChange }: Props): ReactElement {
  const metrics = useQuery({ ...metricsQuery(q, state), refetchInterval: state.live ? 10_000 : false });
  const setRange = (from: string, to: string) => {
    const { last: _last, live: _live, ...rest } = state;
    onChange({ ...rest, from, to });
  };
  if (metrics.isError && !metrics.data) {
    return <SearchFailed error={metrics.error} onRetry={() => void metrics.refetch()} />;
  }
  if (!metrics.data) return <div className="card chart-large skeleton" role="status" aria-label="Counting" />;
  if (metrics.data.series.length === 0) return <p className="card plot-empty">No span matches in this time.</p>;
  if (isHistogram(metrics.data)) {
    const answer = metrics.data;
    return (
      <section className="card" aria-label="Heat map">
        <div className="chart-large">
          <HeatMapPlot
            answer={answer}
            onSelect={({ fromMs, toMs }) => setRange(new Date(fromMs).toISOString(), new Date(toMs).toISOString())}
          />
        </div>
        <HeatLegend answer={answer} />
      </section>
    );
  }
  return <SeriesChart q={q} answer={metrics.data} stale={metrics.isPlaceholderData} onRange={setRange} />;
}

interface ChartProps {
  q: string;
  answer: MetricsResponse;
  stale: boolean;
  onRange: (from: string, to: string) => void;
}

function SeriesChart({ q, answer, stale, onRange }: ChartProps): ReactElement {
  const { named, lines, times } = useMemo(() => {
    const series = namedSeries(answer).slice(0, mostLines);
    return {
      named: series,
      lines: series.map(({ name, values }, n) => ({ name, values, color: slotColor(n) })),
      times: stepTimes(answer),
    };
  }, [answer]);
  const format = useMemo(() => valueFormat(q), [q]);
  const hidden = answer.series.length - named.length;
  return (
    <section className="card" aria-label="Chart" aria-busy={stale}>
      <div className="chart-large">
        <LineChart
          times={times}
          lines={lines}
          format={format}
          label={`${countOf(named.length, 'line')} over time`}
          onRange={onRange}
        />
      </div>
      <Legend named={named} format={format} />
      {hidden > 0 && (
        <p className="faint chart-note">
          {countOf(hidden, 'smaller line')} left out. <code>| topk(10)</code> at the query’s end keeps the largest.
        </p>
      )}
      <Exemplars answer={answer} format={format} />
    </section>
  );
}

function Legend({ named, format }: { named: readonly NamedSeries[]; format: (value: number) => string }): ReactElement {
  const text = (value: number | null) => (value === null ? '–' : format(value));
  return (
    <table className="series-legend">
      <thead>
        <tr>
          <th scope="col">Series</th>
          <th scope="col">Last</th>
          <th scope="col">Mean</th>
          <th scope="col">Max</th>
        </tr>
      </thead>
      <tbody>
        {named.map(({ name, last, mean, max }, n) => (
          <tr key={name}>
            <th scope="row">
              <span className="swatch" style={{ background: themed(palette[n % palette.length] ?? slotColor(n)) }} />
              {name}
            </th>
            <td>{text(last)}</td>
            <td>{text(mean)}</td>
            <td>{text(max)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const mostExemplars = 12;

function Exemplars({
  answer,
  format,
}: {
  answer: MetricsResponse;
  format: (value: number) => string;
}): ReactElement | null {
  const exemplars = answer.series.flatMap((series) => series.exemplars ?? []).slice(-mostExemplars);
  if (exemplars.length === 0) return null;
  return (
    <p className="chart-note">
      <span className="faint">For example </span>
      {exemplars.map(({ traceId, spanId, timeUnixNano, value }) => (
        <Link
          key={`${traceId} ${spanId}`}
          to="/trace/$traceId"
          params={{ traceId }}
          search={spanId ? { span: spanId } : {}}
          title={clockText(unixNanoToMs(timeUnixNano))}
          className="exemplar"
        >
          {format(value)}
        </Link>
      ))}
    </p>
  );
}

function themed({ light, dark }: ServiceColor): string {
  return `light-dark(${light}, ${dark})`;
}
