import type { Block } from '../decode/native-blocks.ts';
import type { BlockFile } from '../encode/block-files.ts';
import type { SpanBatch } from '../encode/span-batch.ts';
import type { Connection, SqlValues } from './connection.ts';
import { countSpans, deleteSpans, recount, type SpanSelection } from './delete-spans.ts';
import { InsertGate } from './insert-gate.ts';
import { type InsertOptions, SpanInserts } from './insert-spans.ts';
import type { MergeHold } from './merge-hold.ts';
import type { QueryBudget } from './query-budget.ts';
import { Recalled } from './recalled.ts';
import { enforceRetention } from './retention.ts';
import type {
  QueryKind,
  QueryOptions,
  ReadableStore,
  RetentionLimits,
  RetentionResult,
  Store,
  StoreStats,
} from './store.ts';
import { StoreError } from './store-error.ts';
import { insertError, queryError } from './store-failures.ts';

export interface ReadOptions {
  kind: QueryKind;
  signal?: AbortSignal | undefined;
  budget?: QueryBudget | undefined;
  mostRows?: number | undefined;
}

/** What a store is made of, embedded or not. */
export interface StoreParts {
  readers: {
    query<Row>(sql: string, params: SqlValues, options: ReadOptions): Promise<Row[]>;
    queryBlocks<Columns>(sql: string, params: SqlValues, options: ReadOptions): Promise<Block<Columns>[]>;
  };
  connection: Connection;
  /** Where they take from the same processors. */
  merges?: MergeHold;
  /** Of a cluster. */
  slots?(): readonly number[];
  missing?(): Promise<string[]>;
  /** Resolves when the schema is there and up to date; asked before everything. */
  ready(): Promise<void>;
  close(): Promise<void>;
  /** Whether nobody else inserts. */
  isAlone: boolean;
}

export class ClickHouseStore implements Store {
  readonly #parts: StoreParts;
  readonly #gate = new InsertGate();
  readonly #inserts: SpanInserts;
  #closed: Promise<void> | undefined;
  readonly #recalled = new Recalled();
  /** Where nobody else inserts: what an earlier process has left, and what this one has inserted since. */
  #receivedEarlier: Promise<number> | undefined;
  #insertedUntilMs = 0;

  constructor(parts: StoreParts) {
    this.#parts = parts;
    this.#inserts = new SpanInserts(parts.connection);
  }

  query<Row>(sql: string, params: SqlValues = {}, options: QueryOptions = {}): Promise<Row[]> {
    return this.#read(options, (all) => this.#parts.readers.query<Row>(sql, params, all));
  }

  queryBlocks<Columns>(sql: string, params: SqlValues = {}, options: QueryOptions = {}): Promise<Block<Columns>[]> {
    return this.#read(options, (all) => this.#parts.readers.queryBlocks<Columns>(sql, params, all));
  }

  recall<Answer>(
    question: string,
    maxAgeMs: number,
    ask: (store: ReadableStore) => Promise<Answer>,
    isLasting?: (answer: Answer) => boolean,
  ): Promise<Answer> {
    return this.#recalled.answer(question, maxAgeMs, () => ask(this), isLasting);
  }

  async receivedUntilMs(): Promise<number> {
    if (!this.#parts.isAlone) return this.#lastCountedMs();
    this.#receivedEarlier ??= this.#lastCountedMs().catch((error) => {
      this.#receivedEarlier = undefined;
      throw error;
    });
    return Math.max(await this.#receivedEarlier, this.#insertedUntilMs);
  }

  /** The counts of a batch come after its spans. */
  async #lastCountedMs(): Promise<number> {
    const [row] = await this.query<{ last: string }>(
      'SELECT toUnixTimestamp64Milli(max(last_received_at)) AS last FROM span_names',
    );
    return Number(row?.last ?? 0);
  }

  async #read<Result>(
    { kind = 'lookup', signal, budget, mostRows }: QueryOptions,
    ask: (options: ReadOptions) => Promise<Result>,
  ): Promise<Result> {
    this.#assertOpen();
    try {
      await this.#parts.ready();
      return await ask({ kind, signal, budget, mostRows });
    } catch (error) {
      throw queryError(error, signal);
    }
  }

  async insertSpans(
    batch: SpanBatch<BlockFile>,
    { isRepeat = false, isRecovered = false, isBehind = false, beforeCounts }: Partial<InsertOptions> = {},
  ): Promise<void> {
    this.#assertOpen();
    try {
      await this.#parts.ready();
      await this.#parts.merges?.beforeInsert(isBehind);
      const options = { isRepeat, isRecovered, isBehind, beforeCounts };
      await this.#gate.insert(() => this.#inserts.insert(batch, options), isRepeat);
      this.#insertedUntilMs = Math.max(this.#insertedUntilMs, batch.receivedAtMs);
    } catch (error) {
      throw insertError(error);
    }
  }

  async lastReceivedAtMs(writer = 0): Promise<number> {
    const [row] = await this.query<{ last: string }>(
      'SELECT toUnixTimestamp64Milli(max(received_at)) AS last FROM spans WHERE writer = {writer:UInt32}',
      { writer },
    );
    return Number(row?.last ?? 0);
  }

  async slots(): Promise<readonly number[]> {
    this.#assertOpen();
    await this.#parts.ready();
    return this.#parts.slots?.() ?? [1];
  }

  async missing(): Promise<string[]> {
    this.#assertOpen();
    await this.#parts.ready();
    return (await this.#parts.missing?.()) ?? [];
  }

  async enforceRetention(limits: RetentionLimits): Promise<RetentionResult> {
    this.#assertOpen();
    await this.#parts.ready();
    return this.#mutate(() => enforceRetention(this.#parts.connection, limits));
  }

  async countSpans(selection: SpanSelection): Promise<number> {
    this.#assertOpen();
    await this.#parts.ready();
    return countSpans(this.#parts.connection, selection);
  }

  async deleteSpans(selection: SpanSelection): Promise<number> {
    const { connection } = this.#parts;
    const count = await this.countSpans(selection);
    await this.#mutate(async () => {
      await deleteSpans(connection, selection);
      await this.#gate.alone(() => recount(connection, selection));
    });
    return count;
  }

  #mutate<Result>(mutation: () => Promise<Result>): Promise<Result> {
    const { merges } = this.#parts;
    return merges ? merges.during(mutation) : mutation();
  }

  async stats(): Promise<StoreStats> {
    await this.#parts.ready();
    const { layout } = this.#parts.connection;
    const [row] = await this.query<{ spanCount: string; diskBytes: string }>(
      `SELECT sumIf(rows, table = {table:String}) AS spanCount, sum(bytes_on_disk) AS diskBytes
       FROM ${layout.system('parts')} WHERE database = ${layout.database} AND active`,
      { table: layout.stored('spans') },
    );
    return { spanCount: Number(row?.spanCount ?? 0), diskBytes: Number(row?.diskBytes ?? 0) };
  }

  close(): Promise<void> {
    this.#closed ??= this.#parts.close();
    return this.#closed;
  }

  #assertOpen(): void {
    if (this.#closed) throw new StoreError('store-closed', 'The store is closed: the server is stopping.');
  }
}
