/** Spans counted and measured by ClickHouse, where it can tell alone which they are. */
import { countsSql, wholeMinutes } from './counts-by-minute.ts';
import { mostGroups, tooManySeries } from './metrics-limits.ts';
import type { Window } from './metrics-query.ts';
import type { Search } from './prepare-search.ts';
import type { Field } from './traceql/ast.ts';
import { type GroupRow, groupSql } from './traceql/group-sql.ts';
import { isDuration, type MeasuredGroup, type SimpleAggregate, seriesPerGroup } from './traceql/measured-groups.ts';
import type { Exemplar } from './traceql/series.ts';
import { type SqlContext, valuesOf } from './traceql/value-sql.ts';

/** Numbers that are none are texts. */
type Measured = number | string;

type MeasuredRow = GroupRow & {
  steps: number[];
  /** For each of the steps. */
  measured: Measured[] | Measured[][];
  exemplars?: ExemplarRow[];
};

/** @param search whose conditions are exact @throws StoreError `query-too-expensive` where there are more groups than can be held */
export async function groupsBySql(
  search: Search,
  aggregate: SimpleAggregate,
  window: Window,
  withExemplars: boolean,
): Promise<MeasuredGroup[]> {
  const { store, parameters, places, snapshot } = search;
  const context = { places, parameters };
  const fields = aggregate.by.map((field, index) => groupSql(field, `group${index}`, context));
  const grouped = fields.flatMap((field) => field.columns);
  const measure = measureOf(aggregate, context);
  const isCount = !('of' in aggregate) && !withExemplars;
  const minutes = isCount ? wholeMinutes(window, snapshot.range) : undefined;
  const byStep = minutes
    ? countsSql(search, window, minutes, grouped)
    : measuredSql(search, measure, window, grouped, withExemplars);
  const keys = [...grouped.map(({ name }) => name), ...(measure.bucket ? ['bucket'] : [])];
  const arrays = ['groupArray(step) AS steps', 'groupArray(aggregated) AS measured'];
  if (withExemplars) arrays.push('groupArray(exemplar) AS exemplars');
  const seriesCount = seriesPerGroup(aggregate);
  const most = mostGroups(window, seriesCount);
  const rows = await store.query<MeasuredRow>(
    `SELECT ${[...keys, ...arrays].join(', ')}
     FROM (${byStep}) ${keys.length > 0 ? `GROUP BY ${keys.join(', ')}` : ''}
     HAVING notEmpty(steps)
     LIMIT ${parameters.bind('UInt64', most + 1)}
     ${minutes ? 'SETTINGS optimize_use_projections = 1' : ''}`,
    parameters.values,
  );
  if (rows.length > most) throw tooManySeries(window);
  return rows.map((row) => ({
    by: fields.map((field) => field.readValue(row)),
    ...(measure.bucket && { bucket: Number(row.bucket) }),
    steps: row.steps,
    values: valuesOfSeries(row.measured, seriesCount),
    ...(row.exemplars && { exemplars: row.exemplars.map(exemplarOf) }),
  }));
}

function valuesOfSeries(measured: MeasuredRow['measured'], seriesCount: number): number[][] {
  return Array.from({ length: seriesCount }, (_, index) =>
    measured.map((each) => Number(Array.isArray(each) ? each[index] : each)),
  );
}

/** Rows of `step`, the groups, and what is `aggregated` of the spans in them. */
function measuredSql(
  { columns, attributes, parameters }: Search,
  measure: Measure,
  window: Window,
  grouped: readonly { sql: string; name: string }[],
  withExemplars: boolean,
): string {
  const keys = ['step', ...grouped.map(({ name }) => name), ...(measure.bucket ? ['bucket'] : [])];
  return `SELECT toUInt32(intDiv(start_unix_nano - ${parameters.bind('UInt64', window.startUnixNano)}, ${parameters.bind('UInt64', window.stepNano)})) AS step,
       ${[...grouped.map(({ sql, name }) => `${sql} AS ${name}, `)].join('')}
       ${measure.bucket ? `${measure.bucket} AS bucket, ` : ''}
       ${withExemplars ? `any((lower(hex(trace_id)), lower(hex(span_id)), start_unix_nano, ${measure.value})) AS exemplar, ` : ''}
       ${measure.sql} AS aggregated
     FROM spans PREWHERE ${columns} WHERE ${attributes} AND ${measure.condition}
     GROUP BY ${keys.join(', ')}`;
}

type ExemplarRow = [traceId: string, spanId: string, timeUnixNano: string, value: number];

function exemplarOf([traceId, spanId, timeUnixNano, value]: ExemplarRow): Exemplar {
  return { traceId, spanId, timeUnixNano, value };
}

interface Measure {
  /** Aggregates. */
  sql: string;
  /** Of one span. */
  value: string;
  /** For a span that has the value. */
  condition: string;
  /** Of a histogram. */
  bucket?: string;
}

function measureOf(aggregate: SimpleAggregate, context: SqlContext): Measure {
  if (!('of' in aggregate)) {
    return { sql: 'toFloat64(count())', value: 'toFloat64(1)', condition: 'true' };
  }
  const { sql: raw, condition } = numberSql(aggregate.of, context);
  const value = isDuration(aggregate.of) ? `${raw} / 1e9` : raw;
  switch (aggregate.function) {
    case 'quantile_over_time': {
      const quantiles = aggregate.quantiles.map((quantile) => context.parameters.bind('Float64', quantile));
      return { sql: quantilesSql(value, quantiles), value, condition };
    }
    case 'histogram_over_time':
      return {
        sql: 'toFloat64(count())',
        value,
        condition: `${condition} AND isFinite(${raw})`,
        bucket: bucketSql(raw, aggregate.of),
      };
    default:
      return { sql: `${functions[aggregate.function]}(${value})`, value, condition };
  }
}

const functions = { min_over_time: 'min', max_over_time: 'max', avg_over_time: 'avg', sum_over_time: 'sum' } as const;

/** The power of two that the value does not pass. */
function bucketSql(raw: string, of: Field): string {
  return `if(${raw} <= 0, 0, exp2(ceil(log2(${raw}))) / ${isDuration(of) ? '1e9' : '1'})`;
}

/** Exact. The levels of ClickHouse's own functions cannot be bound. */
function quantilesSql(value: string, quantiles: readonly string[]): string {
  const level = 'least(toUInt64(level * length(sorted)), toUInt64(length(sorted) - 1)) + 1';
  return `arrayMap((level, sorted) -> sorted[${level}], [${quantiles.join(', ')}],
    arrayWithConstant(${quantiles.length}, arraySort(groupArray(${value}))))`;
}

/** Of the first thing that the field stands for. */
function numberSql(field: Field, context: SqlContext): { sql: string; condition: string } {
  const values = valuesOf(field, context).map(({ type, sql, present }) => ({
    present: present || 'true',
    number: numeric.has(type) ? `toFloat64(${sql})` : undefined,
  }));
  const [only] = values;
  if (values.length === 1 && only?.number !== undefined) return { sql: only.number, condition: only.present };
  const cases = values.map(({ present, number }) => `${present}, ${number ?? 'NULL'}, `).join('');
  if (!values.some(({ number }) => number !== undefined)) return { sql: 'toFloat64(0)', condition: 'false' };
  const sql = `multiIf(${cases}NULL)`;
  return { sql: `assumeNotNull(${sql})`, condition: `${sql} IS NOT NULL` };
}

const numeric: ReadonlySet<string> = new Set(['int', 'float', 'duration']);
