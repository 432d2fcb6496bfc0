import type { Block } from '../decode/native-blocks.ts';
import type { BlockFile } from '../encode/block-files.ts';
import type { SpanBatch } from '../encode/span-batch.ts';
import type { SpanSelection } from './delete-spans.ts';
import type { InsertOptions } from './insert-spans.ts';
import { QueryBudget } from './query-budget.ts';

export type { Column, ColumnArrays, HexColumn, LongColumn, ValueColumn } from '../decode/columns.ts';
export { sameInAll } from '../decode/columns.ts';
export type { ListColumn, MapColumn } from '../decode/item-columns.ts';
export { emptyLists, emptyMaps } from '../decode/item-columns.ts';
export type { Block } from '../decode/native-blocks.ts';
export type { SpanSelection } from './delete-spans.ts';
export { openEmbeddedStore } from './embedded-store.ts';
export { RecentMap } from './recent-map.ts';
export { openRemoteStore } from './remote-store.ts';
export { StoreError, type StoreErrorCode } from './store-error.ts';

/** A ClickHouse with Sightline's schema in it (`schema.ts`), wherever it runs. */
export interface Store {
  /**
   * Rows of a read-only SELECT. Every value is bound to a `{name:Type}` placeholder, never
   * concatenated. 64-bit integers arrive as decimal strings, NaN and infinities as `nan`, `inf` and `-inf`.
   * Bounded in time, rows read and memory.
   * @throws StoreError `query-invalid`, `query-too-expensive`, `query-aborted`, `store-closed`, `store-failed`; where the
   *   store is elsewhere also `store-unreachable` and `store-refused`, as do all other methods
   */
  query<Row>(sql: string, params?: Record<string, unknown>, options?: QueryOptions): Promise<Row[]>;

  /**
   * What `ask` answered to the same question in the last `maxAgeMs`; else it is asked now, for all who want to know.
   * @param question all that the answer depends on @param ask is given a store that nobody can hang up on
   * @param isLasting whether an answer may be given again; default: each may
   */
  recall<Answer>(
    question: string,
    maxAgeMs: number,
    ask: (store: ReadableStore) => Promise<Answer>,
    isLasting?: (answer: Answer) => boolean,
  ): Promise<Answer>;

  /**
   * The same for very many or wide rows, in a tenth of the time: by columns (`decode/columns.ts`), of which
   * only what is looked at is made.
   * @typeParam Columns an interface of `Column`s by name
   */
  queryBlocks<Columns>(
    sql: string,
    params?: Record<string, unknown>,
    options?: QueryOptions,
  ): Promise<Block<Columns>[]>;

  /**
   * Inserts a batch, and returns once it is on disk, in all its tables. No other batch of its writer and shard has
   * its `receivedAtMs`, and later ones have larger ones.
   * @param options.isRepeat an earlier attempt may have been cut off anywhere: what it brought is not brought again
   * @param options.isRecovered the same of an earlier process; of those that it left, the first ones in the order of their numbers
   * @param options.beforeCounts called when the spans are there; what counts them comes when it has resolved. So the next batch's spans
   *   can come meanwhile, but not what counts them
   * @param options.isBehind many more batches wait: merging and skip indexes are put off
   * @throws StoreError `out-of-space` when the disk is full, which is no fault of the rows; `rows-refused` where they are at fault
   */
  insertSpans(batch: SpanBatch<BlockFile>, options?: Partial<InsertOptions>): Promise<void>;

  /** The largest `received_at`, in milliseconds since 1970, of those batches that are there as a whole; 0 when there are none. */
  receivedUntilMs(): Promise<number>;

  /** The largest `received_at` of a writer so far, in milliseconds since 1970; 0 when there are no spans of it. */
  lastReceivedAtMs(writer?: number): Promise<number>;

  /** Which shard a trace belongs to (`ShardFilter`); one slot where there is one server. */
  slots(): Promise<readonly number[]>;

  /** What cannot be asked now, for people: `shard 2 (host:9000)`. Queries are answered without it. */
  missing(): Promise<string[]>;

  /** Drops spans received before `receivedBeforeMs` or their service's own limit, then the oldest until at most `maxDiskBytes` remain. */
  enforceRetention(limits: RetentionLimits): Promise<RetentionResult>;

  countSpans(selection: SpanSelection): Promise<number>;

  /** Resolves when they are gone from the disk, and from what is counted. @returns how many they were */
  deleteSpans(selection: SpanSelection): Promise<number>;

  stats(): Promise<StoreStats>;

  /** Waits for running queries and inserts, then releases the data directory. Idempotent. */
  close(): Promise<void>;
}

/** `search` for what may take long: it never keeps a `lookup` waiting. */
export type QueryKind = 'lookup' | 'search';

export interface QueryOptions {
  /** Default `lookup`. */
  kind?: QueryKind;
  /** Gives the query up: it rejects at once, and what it does in the engine is stopped. */
  signal?: AbortSignal;
  /** Of the question that the statement belongs to; default: it is one by itself. */
  budget?: QueryBudget;
  /** Where it would read more rows, nothing is read: a `query-too-expensive`. Default: what any query may read. */
  mostRows?: number;
}

/** What questions need of a store. */
export type ReadableStore = Pick<Store, 'query' | 'queryBlocks' | 'recall' | 'receivedUntilMs'>;

/** The same store for one question: with `options` for all its statements, which share what a question may take. */
export function withQueryOptions(store: Store, options: QueryOptions): ReadableStore {
  const all = { budget: new QueryBudget(), ...options };
  return {
    query: (sql, params, more) => store.query(sql, params, { ...all, ...more }),
    queryBlocks: (sql, params, more) => store.queryBlocks(sql, params, { ...all, ...more }),
    recall: (question, maxAgeMs, ask, isLasting) => store.recall(question, maxAgeMs, ask, isLasting),
    receivedUntilMs: () => store.receivedUntilMs(),
  };
}

export interface StoreStats {
  spanCount: number;
  diskBytes: number;
}

export interface RetentionLimits {
  /** Milliseconds since 1970. */
  receivedBeforeMs: number;
  /** The same for services that have limits of their own, by their names. */
  services?: ReadonlyMap<string, number>;
  maxDiskBytes: number;
}

export interface RetentionResult {
  droppedSpans: number;
  droppedBytes: number;
}
