import '../../styles/heat-map.css';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { metricsQuery, traceQlQuery } from '../../api/traceql-queries.ts';
import type { HeatSelection } from '../../model/heat-map.ts';
import { narrowQuery } from '../../model/narrow-query.ts';
import type { SearchState } from '../../model/search-params.ts';
import { HeatLegend, HeatMapPlot } from './heat-map-plot.tsx';

interface Props {
  state: SearchState;
  onChange: (next: SearchState) => void;
}

/** All spans that the page's conditions match; what is brushed over becomes part of them. */
export function HeatMapCard({ state, onChange }: Props): ReactElement {
  const meaning = useQuery(traceQlQuery(state));
  const query = meaning.data && `${meaning.data.query} | histogram_over_time(duration)`;
  const heat = useQuery({
    ...metricsQuery(query ?? '', state),
    enabled: query !== undefined,
    refetchInterval: state.live ? 10_000 : false,
  });
  if (meaning.isError || heat.isError) {
    return (
      <p className="plot-empty" role="status">
        There is no heat map for this: {(meaning.error ?? heat.error)?.message}
      </p>
    );
  }
  if (!heat.data) return <div className="skeleton skeleton-plot" />;
  return (
    <>
      <HeatMapPlot answer={heat.data} onSelect={(selection) => onChange(brushed(state, selection))} />
      <HeatLegend answer={heat.data} />
    </>
  );
}

function brushed(state: SearchState, { fromMs, toMs, min, max }: HeatSelection): SearchState {
  const { last: _last, live: _live, ...rest } = state;
  const range = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
  if (rest.q === undefined) return { ...rest, ...range, ...(min && { min }), ...(max && { max }) };
  const conditions = [min && `duration >= ${min}`, max && `duration <= ${max}`].filter((text) => text !== undefined);
  return { ...rest, ...range, q: conditions.length > 0 ? narrowQuery(rest.q, conditions, 'duration') : rest.q };
}
