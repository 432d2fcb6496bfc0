import type { ServiceMetricsResponse } from '@sightline/wire';
import { lazy, type ReactElement, type ReactNode, Suspense, useMemo } from 'react';
import { rateText, shareText } from '../../model/rate-text.ts';
import { palette } from '../../model/service-colors.ts';
import type { ServiceRow } from '../../model/service-rows.ts';
import { nanoText, unixNanoToMs } from '../../model/time-text.ts';
import { serviceColor } from '../../state/service-colors.ts';
import type { ChartLine } from '../../ui/line-options.ts';

const LineChart = lazy(async () => ({ default: (await import('../../ui/line-chart.tsx')).LineChart }));

interface Props {
  row: ServiceRow;
  answer: ServiceMetricsResponse;
  onRange: (from: string, to: string) => void;
}

const errorColor = { light: '#c2261c', dark: '#ff7b6e' };
const [first, second, third] = palette.slice(0, 3) as [ChartLine['color'], ChartLine['color'], ChartLine['color']];
/** On an axis nothing needs no unit. */
const latencyText = (nano: number): string => (nano === 0 ? '0' : nanoText(nano));

/** Rate, errors and latencies of one service, side by side on one time axis. */
export function ServiceCharts({ row, answer, onRange }: Props): ReactElement {
  const { times, rate, errors, latencies } = useMemo(() => chartsOf(row, answer), [row, answer]);
  const { service } = row.entry;
  const shared = { times, onRange, syncKey: 'service' };
  return (
    <div className="service-charts">
      <ChartCard title="Rate" figure={rateText(row.ratePerSecond)}>
        <LineChart {...shared} lines={rate} format={rateText} label={`Calls of ${service} over time`} />
      </ChartCard>
      <ChartCard title="Errors" figure={shareText(row.errorShare)}>
        <LineChart
          {...shared}
          lines={errors}
          format={shareText}
          label={`Share of failed calls of ${service} over time`}
        />
      </ChartCard>
      <ChartCard title="Latency" figure={<Latencies row={row} />}>
        <LineChart {...shared} lines={latencies} format={latencyText} label={`Latencies of ${service} over time`} />
      </ChartCard>
    </div>
  );
}

function ChartCard({
  title,
  figure,
  children,
}: {
  title: string;
  figure: ReactNode;
  children: ReactNode;
}): ReactElement {
  return (
    <section className="card chart-card" aria-label={title}>
      <div className="card-head">
        <h2>{title}</h2>
        <span className="chart-figure">{figure}</span>
      </div>
      <div className="chart-place">
        <Suspense>{children}</Suspense>
      </div>
    </section>
  );
}

function Latencies({ row: { entry } }: { row: ServiceRow }): ReactElement {
  const figures = [
    ['p50', entry.p50Nano, first],
    ['p95', entry.p95Nano, second],
    ['p99', entry.p99Nano, third],
  ] as const;
  return (
    <>
      {figures.map(([name, nano, { light, dark }]) => (
        <span key={name} className="chart-key">
          <span className="swatch" style={{ background: `light-dark(${light}, ${dark})` }} />
          {name} {nanoText(nano)}
        </span>
      ))}
    </>
  );
}

function chartsOf(
  { entry, rates, errorShares }: ServiceRow,
  { startUnixNano, stepNano }: ServiceMetricsResponse,
): { times: number[]; rate: ChartLine[]; errors: ChartLine[]; latencies: ChartLine[] } {
  const startMs = unixNanoToMs(startUnixNano);
  return {
    times: entry.calls.map((_, n) => startMs + (n * Number(stepNano)) / 1e6),
    rate: [{ name: 'Rate', color: serviceColor(entry.service), values: rates }],
    errors: [{ name: 'Errors', color: errorColor, values: errorShares }],
    latencies: [
      { name: 'p50', color: first, values: entry.p50s },
      { name: 'p95', color: second, values: entry.p95s },
      { name: 'p99', color: third, values: entry.p99s },
    ],
  };
}
