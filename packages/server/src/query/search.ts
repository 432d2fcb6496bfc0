/** Traces that have a span which fulfils all conditions, a page at a time. */
import type { SearchResponse, TraceSummary } from '@sightline/wire';
import type { ReadableStore } from '../store/store.ts';
import { findKeyPlaces } from './attribute-filter.ts';
import { findByTime } from './search-by-time.ts';
import { findByTrace } from './search-by-trace.ts';
import { type Position, readCursor, type Snapshot, writeCursor } from './search-cursor.ts';
import type { SearchQuery } from './search-query.ts';
import { takeSnapshot } from './search-snapshot.ts';
import { attributeConditions, columnConditions } from './span-condition.ts';
import { SqlParameters } from './sql-parameters.ts';

/** What both ways to search work from. */
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
}

export interface FoundTrace {
  summary: TraceSummary;
  position: Position;
}

/** @throws InvalidParameter for a cursor that does not fit the query */
export async function search(store: ReadableStore, query: SearchQuery): Promise<SearchResponse> {
  const prepared = await prepare(store, query);
  // One more than the page holds, to know whether there is a next page.
  const byTime = query.order === 'newest' || query.order === 'oldest';
  const found = await (byTime ? findByTime : findByTrace)(prepared, query.limit + 1);
  const page = found.slice(0, query.limit);
  const last = page.at(-1);
  return {
    traces: page.map((trace) => trace.summary),
    ...(found.length > page.length && last ? { nextCursor: writeCursor(query, prepared.snapshot, last.position) } : {}),
  };
}

async function prepare(store: ReadableStore, query: SearchQuery): Promise<Search> {
  const [places, begin] = await Promise.all([
    findKeyPlaces(
      store,
      query.conditions.attributes.map((filter) => filter.key),
    ),
    query.cursor === undefined ? firstPage(store, query) : readCursor(query, query.cursor),
  ]);
  const parameters = new SqlParameters();
  const { range, receivedUntilMs } = begin.snapshot;
  const inRange = `start_unix_nano BETWEEN ${parameters.bind('UInt64', range.startUnixNano)} AND ${parameters.bind('UInt64', range.endUnixNano)}`;
  return {
    store,
    query,
    ...begin,
    columns: [inRange, ...columnConditions(query.conditions, parameters)].join(' AND '),
    attributes: attributeConditions(query.conditions, places, parameters),
    visible: `received_at <= fromUnixTimestamp64Milli(${parameters.bind('Int64', receivedUntilMs)}, 'UTC')`,
    parameters,
  };
}

async function firstPage(
  store: ReadableStore,
  query: SearchQuery,
): Promise<{ snapshot: Snapshot; position?: Position }> {
  return { snapshot: await takeSnapshot(store, query) };
}
