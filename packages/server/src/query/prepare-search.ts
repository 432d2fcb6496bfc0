/** A search as it is asked turned into what finds its spans. */
import type { ReadableStore } from '../store/store.ts';
import { findKeyPlaces, type KeyPlaces } from './attribute-filter.ts';
import { type Position, readCursor, type Snapshot } from './search-cursor.ts';
import type { SearchQuery, TraceqlConditions } from './search-query.ts';
import { type CountedConditions, takeSnapshot } from './search-snapshot.ts';
import { attributeConditions, columnConditions } from './span-condition.ts';
import { SqlParameters } from './sql-parameters.ts';
import type { Field } from './traceql/ast.ts';
import { conditionSql, conjuncts } from './traceql/condition-sql.ts';
import { countedBy } from './traceql/counted.ts';
import { distinctFields, fieldsOf } from './traceql/fields.ts';
import { planOf } from './traceql/plan.ts';
import { QueryError } from './traceql/query-error.ts';

/** What all ways to search work from. */
export interface Search {
  store: ReadableStore;
  query: SearchQuery;
  snapshot: Snapshot;
  /** The page begins after it. */
  position?: Position;
  /** SQL for a row of `spans`: had been received when the first page was asked for. */
  visible: string;
  /** SQL for a row that matches as far as its plain columns tell, and starts in the time range: for PREWHERE. */
  columns: string;
  /** SQL for a row that matches as far as its attributes tell: for WHERE, which then reads few of them. */
  attributes: string;
  /** The values of all three. */
  parameters: SqlParameters;
  /** What a query in TraceQL names, and so is answered with. */
  fields: readonly Field[];
  places: KeyPlaces;
}

export async function prepareSearch(store: ReadableStore, query: SearchQuery): Promise<Search> {
  const what = query.traceql ? traceqlConditions(query.traceql) : formConditions(query);
  const [places, begin] = await Promise.all([
    findKeyPlaces(store, what.keys),
    query.cursor === undefined ? firstPage(store, what.counted, query) : readCursor(query, query.cursor),
  ]);
  const parameters = new SqlParameters();
  const { range, receivedUntilMs } = begin.snapshot;
  const inRange = `start_unix_nano BETWEEN ${parameters.bind('UInt64', range.startUnixNano)} AND ${parameters.bind('UInt64', range.endUnixNano)}`;
  const { columns, attributes } = what.sql(places, parameters);
  return {
    store,
    query,
    ...begin,
    columns: [inRange, ...columns].join(' AND '),
    attributes: attributes.length === 0 ? 'true' : attributes.join(' AND '),
    visible: `received_at <= fromUnixTimestamp64Milli(${parameters.bind('Int64', receivedUntilMs)}, 'UTC')`,
    parameters,
    fields: what.fields,
    places,
  };
}

async function firstPage(
  store: ReadableStore,
  counted: CountedConditions,
  { range }: SearchQuery,
): Promise<{ snapshot: Snapshot; position?: Position }> {
  return { snapshot: await takeSnapshot(store, counted, range) };
}

/** What spans must fulfil, before it is known where their attributes are. */
interface Conditions {
  keys: string[];
  counted: CountedConditions;
  fields: Field[];
  sql(places: KeyPlaces, parameters: SqlParameters): { columns: string[]; attributes: string[] };
}

function formConditions({ conditions }: SearchQuery): Conditions {
  return {
    keys: conditions.attributes.map((filter) => filter.key),
    counted: conditions,
    fields: [],
    sql: (places, parameters) => ({
      columns: columnConditions(conditions, parameters),
      attributes: attributeConditions(conditions, places, parameters),
    }),
  };
}

function traceqlConditions({ query }: TraceqlConditions): Conditions {
  const plan = planOf(query.pipeline);
  if (plan.kind === 'traces') throw new QueryError('Only what is said of single spans is answered yet.', query);
  const fields = distinctFields([...fieldsOf(plan.condition), ...plan.selected]);
  const parts = conjuncts(plan.condition);
  return {
    keys: fields.flatMap((field) => (field.kind === 'attribute' ? [field.name] : [])),
    counted: countedBy(parts),
    fields,
    sql(places, parameters) {
      const all = parts.map((part) => conditionSql(part, { places, parameters }));
      return {
        columns: all.filter(({ readsMaps }) => !readsMaps).map(({ sql }) => sql),
        attributes: all.filter(({ readsMaps }) => readsMaps).map(({ sql }) => sql),
      };
    },
  };
}
