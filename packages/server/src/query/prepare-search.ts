/** A search as it is asked turned into what finds its spans. */
import type { ReadableStore } from '../store/store.ts';
import { findKeyPlaces, type KeyPlaces } from './attribute-filter.ts';
import { type Position, readCursor, type Snapshot } from './search-cursor.ts';
import type { CountedConditions, SearchQuery, TraceqlConditions } from './search-query.ts';
import { takeSnapshot } from './search-snapshot.ts';
import { attributeConditions, columnConditions } from './span-condition.ts';
import { SqlParameters } from './sql-parameters.ts';
import type { Field, Pipeline } from './traceql/ast.ts';
import { candidatesOf, countedByStages } from './traceql/candidates.ts';
import { type ConditionSql, conditionSql, conjuncts } from './traceql/condition-sql.ts';
import { countedBy } from './traceql/counted.ts';
import { distinctFields, fieldsOfStages, needsEvaluation } from './traceql/fields.ts';
import type { FirstSpansColumn } from './traceql/first-spans.ts';
import { planOf } from './traceql/plan.ts';
import type { TracedSpan } from './traceql/span-values.ts';
import { compilePipeline, type Spanset } from './traceql/spansets.ts';
import type { SqlContext } from './traceql/value-sql.ts';

/** What all ways to search work from. */
export interface Search {
  store: ReadableStore;
  query: SearchQuery;
  snapshot: Snapshot;
  /** The page begins after it. */
  position?: Position;
  /** The time in which one more trace has a span, at a guess, that may match as far as is counted; 0 where it is not known. */
  nanoPerTrace: bigint;
  /** SQL for a row of `spans`: had been received when the first page was asked for. */
  visible: string;
  /** SQL for a row that matches as far as its plain columns tell, and starts in the time range: for PREWHERE. */
  columns: string;
  /** The same, wherever in time. */
  anyTime: string;
  /** SQL for a row that matches as far as its attributes tell: for WHERE, which then reads few of them. */
  attributes: string;
  /** The values of them all. */
  parameters: SqlParameters;
  /** What a query in TraceQL names, and so is answered with. */
  fields: readonly Field[];
  places: KeyPlaces;
  /** Whether all attributes are to be read. */
  wholeSpans: boolean;
  /** Where the conditions above only find candidates. */
  evaluation?: Evaluation;
  /** Where matching spans are wanted, and no evaluation brings them along. */
  firstSpans?: FirstSpansColumn | undefined;
}

interface Evaluation {
  /** What the query selects of a trace. */
  run(trace: readonly TracedSpan[]): readonly Spanset[];
  /** SQL, each for a row of `spans`: what the trace has some span for. */
  required: readonly string[];
}

/**
 * @param more what is to be known of the spans, besides what the query names
 * @param wholeSpans of a query in TraceQL: all attributes are to be known, and so its traces are evaluated
 */
export async function prepareSearch(
  store: ReadableStore,
  query: SearchQuery,
  more: readonly Field[] = [],
  wholeSpans = false,
): Promise<Search> {
  const what = query.traceql ? traceqlConditions(query.traceql, more, wholeSpans) : formConditions(query, more);
  const [places, begin] = await Promise.all([
    findKeyPlaces(store, what.keys),
    query.cursor === undefined
      ? takeSnapshot(store, what.counted, query.range)
      : { ...readCursor(query, query.cursor), nanoPerTrace: 0n },
  ]);
  const parameters = new SqlParameters();
  const { range, receivedUntilMs } = begin.snapshot;
  const inRange = `start_unix_nano BETWEEN ${parameters.bind('UInt64', range.startUnixNano)} AND ${parameters.bind('UInt64', range.endUnixNano)}`;
  const { columns, attributes, evaluation } = what.sql({ places, parameters });
  return {
    store,
    query,
    ...begin,
    columns: [inRange, ...columns].join(' AND '),
    anyTime: columns.length === 0 ? 'true' : columns.join(' AND '),
    attributes: attributes.length === 0 ? 'true' : attributes.join(' AND '),
    visible: `received_at <= fromUnixTimestamp64Milli(${parameters.bind('Int64', receivedUntilMs)}, 'UTC')`,
    parameters,
    fields: what.fields,
    places,
    ...(evaluation && { evaluation }),
    wholeSpans,
  };
}

/** What spans must fulfil, before it is known where their attributes are. */
interface Conditions {
  keys: string[];
  counted: CountedConditions;
  fields: readonly Field[];
  sql(context: SqlContext): ConditionsSql;
}

interface ConditionsSql {
  columns: string[];
  attributes: string[];
  evaluation?: Evaluation;
}

function formConditions({ conditions }: SearchQuery, fields: readonly Field[]): Conditions {
  return {
    keys: [...conditions.attributes.map((filter) => filter.key), ...keysOf(fields)],
    counted: conditions,
    fields,
    sql: ({ places, parameters }) => ({
      columns: columnConditions(conditions, parameters),
      attributes: attributeConditions(conditions, places, parameters),
    }),
  };
}

function keysOf(fields: readonly Field[]): string[] {
  return fields.flatMap((field) => (field.kind === 'attribute' ? [field.name] : []));
}

function traceqlConditions({ pipeline }: TraceqlConditions, more: readonly Field[], wholeSpans: boolean): Conditions {
  const plan = planOf(pipeline);
  const fields = distinctFields([...fieldsOfStages(pipeline.stages), ...more]);
  const keys = keysOf(fields);
  if (plan.kind === 'traces' || wholeSpans || more.some(needsEvaluation)) {
    return { keys, fields, counted: countedByStages(pipeline.stages), sql: (context) => ofTraces(pipeline, context) };
  }
  const parts = conjuncts(plan.condition);
  return {
    keys,
    fields,
    counted: countedBy(parts),
    sql(context) {
      const all = parts.map((part) => conditionSql(part, context));
      return all.every(({ isExact }) => isExact) ? split(all) : ofTraces(pipeline, context);
    },
  };
}

function ofTraces(pipeline: Pipeline, context: SqlContext): ConditionsSql {
  const { spans, required } = candidatesOf(pipeline.stages, context);
  const run = compilePipeline(pipeline);
  return { ...split([spans]), evaluation: { run, required: required.map(({ sql }) => sql) } };
}

/** Columns are read before maps, and decide which of those are. */
function split(all: readonly ConditionSql[]): ConditionsSql {
  return {
    columns: all.filter(({ readsMaps }) => !readsMaps).map(({ sql }) => sql),
    attributes: all.filter(({ readsMaps }) => readsMaps).map(({ sql }) => sql),
  };
}
