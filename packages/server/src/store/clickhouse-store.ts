import type { SpanBatch } from '../encode/span-encoder.ts';
import type { Connection } from './connection.ts';
import { insertSpans } from './insert-spans.ts';
import { enforceRetention } from './retention.ts';
import type { QueryKind, QueryOptions, RetentionLimits, RetentionResult, Store, StoreStats } from './store.ts';
import { StoreError } from './store-error.ts';
import { insertError, queryError } from './store-failures.ts';

/** What a store is made of, embedded or not. */
export interface StoreParts {
  readers: {
    query<Row>(
      sql: string,
      params: Readonly<Record<string, unknown>>,
      options: { kind: QueryKind; signal?: AbortSignal | undefined },
    ): Promise<Row[]>;
  };
  connection: Connection;
  /** Resolves when the schema is there and up to date; asked before everything. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

export class ClickHouseStore implements Store {
  readonly #parts: StoreParts;
  #closed: Promise<void> | undefined;

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  async query<Row>(sql: string, params: Record<string, unknown> = {}, options: QueryOptions = {}): Promise<Row[]> {
    const { kind = 'lookup', signal } = options;
    this.#assertOpen();
    try {
      await this.#parts.ready();
      return await this.#parts.readers.query<Row>(sql, params, { kind, signal });
    } catch (error) {
      throw queryError(error, signal);
    }
  }

  async insertSpans(batch: SpanBatch, { isRepeat = false }: { isRepeat?: boolean } = {}): Promise<void> {
    this.#assertOpen();
    try {
      await this.#parts.ready();
      await insertSpans(this.#parts.connection, batch, { isRepeat });
    } catch (error) {
      throw insertError(error);
    }
  }

  async lastReceivedAtMs(): Promise<number> {
    const [row] = await this.query<{ last: string }>(
      'SELECT toUnixTimestamp64Milli(max(received_at)) AS last FROM spans',
    );
    return Number(row?.last ?? 0);
  }

  async enforceRetention(limits: RetentionLimits): Promise<RetentionResult> {
    this.#assertOpen();
    await this.#parts.ready();
    return enforceRetention(this.#parts.connection, limits);
  }

  async stats(): Promise<StoreStats> {
    const [row] = await this.query<{ spanCount: string; diskBytes: string }>(
      `SELECT sumIf(rows, table = 'spans') AS spanCount, sum(bytes_on_disk) AS diskBytes
       FROM system.parts WHERE database = currentDatabase() AND active`,
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
