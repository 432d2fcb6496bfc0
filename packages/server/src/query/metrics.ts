/** Series of a metrics query in TraceQL. */
import type { MetricsResponse, MetricsSeries } from '@sightline/wire';
import type { ReadableStore } from '../store/store.ts';
import { groupsByEvaluation } from './metrics-by-evaluation.ts';
import { groupsBySql } from './metrics-by-sql.ts';
import { compareSpans } from './metrics-compare.ts';
import { requireAnswerable } from './metrics-limits.ts';
import type { MetricsRequest } from './metrics-query.ts';
import { prepareSearch } from './prepare-search.ts';
import type { SearchQuery } from './search-query.ts';
import type { MetricsExpression, MetricsPipeline, Pipeline } from './traceql/ast.ts';
import { seriesOf } from './traceql/measured-groups.ts';
import { calculateSeries, filterSeries, rankSeries, type Series } from './traceql/series.ts';
import { toAnyValue } from './traceql/span-values.ts';

/** @throws QueryError, StoreError */
export async function queryMetrics(store: ReadableStore, request: MetricsRequest): Promise<MetricsResponse> {
  const { query, window } = request;
  const series = await evaluate(store, query.expression, request);
  requireAnswerable(series.length, request);
  return {
    startUnixNano: String(window.startUnixNano),
    stepNano: String(window.stepNano),
    series: series.map((each) => answered(each, request.exemplars)),
  };
}

async function evaluate(
  store: ReadableStore,
  expression: MetricsExpression,
  request: MetricsRequest,
): Promise<Series[]> {
  switch (expression.kind) {
    case 'metrics-constant': {
      const values = Array<number>(request.window.stepCount).fill(expression.value);
      return [{ labels: [], values }];
    }
    case 'metrics-pipeline':
      return pipelineSeries(store, expression, request);
    case 'metrics-operation': {
      const left = await evaluate(store, expression.left, request);
      return calculateSeries(expression.operator, left, await evaluate(store, expression.right, request));
    }
    case 'metrics-filter': {
      const { type, value } = expression.value;
      const threshold = type === 'duration' ? Number(value) / 1e9 : Number(value);
      return filterSeries(await evaluate(store, expression.of, request), expression.operator, threshold);
    }
    default:
      return rankSeries(await evaluate(store, expression.of, request), expression.kind, expression.limit);
  }
}

async function pipelineSeries(
  store: ReadableStore,
  { pipeline, aggregate }: MetricsPipeline,
  { window, exemplars }: MetricsRequest,
): Promise<Series[]> {
  if (aggregate.function === 'compare') {
    return compareSpans(store, queryOf(pipeline, window.range), aggregate, window);
  }
  const measured = 'of' in aggregate ? [aggregate.of] : [];
  const search = await prepareSearch(store, queryOf(pipeline, window.range), [...aggregate.by, ...measured]);
  const measure = search.evaluation ? groupsByEvaluation : groupsBySql;
  return seriesOf(await measure(search, aggregate, window, exemplars > 0), aggregate, window);
}

/** All that the pipeline selects in the time range. */
function queryOf(pipeline: Pipeline, range: MetricsRequest['window']['range']): SearchQuery {
  const traceql = { text: '', pipeline, spansPerSpanSet: 0 };
  return { conditions: { attributes: [] }, traceql, range, limit: 1, order: 'newest' };
}

function answered({ labels, values, exemplars }: Series, mostExemplars: number): MetricsSeries {
  return {
    labels: labels.map(({ name, value }) => ({ key: name, value: value ? toAnyValue(value) : {} })),
    values,
    ...(exemplars && { exemplars: thinned(exemplars, mostExemplars) }),
  };
}

/** Evenly, where there are too many. */
function thinned<Item>(items: readonly Item[], most: number): Item[] {
  if (items.length <= most) return [...items];
  return items.filter(
    (_, index) => Math.floor((index * most) / items.length) !== Math.floor(((index - 1) * most) / items.length),
  );
}
