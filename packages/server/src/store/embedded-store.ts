import { join } from 'node:path';
import { drainPending } from 'chdb';
import type { SpanBatch } from '../encode/span-encoder.ts';
import { makeDirectory } from '../spool/directory.ts';
import { lockDataDirectory } from './data-lock.ts';
import { type Engine, openEngine } from './engine.ts';
import { insertSpans } from './insert-spans.ts';
import { migrate } from './migrate.ts';
import { enforceRetention } from './retention.ts';
import type { QueryOptions, RetentionLimits, RetentionResult, Store, StoreStats } from './store.ts';
import { StoreError } from './store-error.ts';

/** Opens, or creates, the ClickHouse in `dataDir`, brings its schema up to date, and keeps others out until closed. */
export async function openEmbeddedStore(options: { dataDir: string }): Promise<Store> {
  await createDirectory(options.dataDir);
  const lock = await lockDataDirectory(options.dataDir);
  let engine: Engine | undefined;
  try {
    engine = await openEngine(join(options.dataDir, 'clickhouse'));
    await migrate(engine);
    const insertDirectory = join(options.dataDir, 'inserts');
    await makeDirectory(insertDirectory);
    return new EmbeddedStore(engine, insertDirectory, lock.release);
  } catch (error) {
    await engine?.close();
    await lock.release();
    throw error;
  }
}

class EmbeddedStore implements Store {
  readonly #engine: Engine;
  readonly #insertDirectory: string;
  readonly #unlock: () => Promise<void>;
  #closed: Promise<void> | undefined;

  constructor(engine: Engine, insertDirectory: string, unlock: () => Promise<void>) {
    this.#engine = engine;
    this.#insertDirectory = insertDirectory;
    this.#unlock = unlock;
  }

  async query<Row>(sql: string, params: Record<string, unknown> = {}, options: QueryOptions = {}): Promise<Row[]> {
    this.#assertOpen();
    const { kind = 'lookup', signal } = options;
    try {
      return await this.#engine.readers.query<Row>(sql, params, { kind, signal });
    } catch (error) {
      throw queryError(error, signal);
    }
  }

  async insertSpans(batch: SpanBatch, { isRepeat = false }: { isRepeat?: boolean } = {}): Promise<void> {
    this.#assertOpen();
    try {
      await insertSpans(this.#engine.writer, batch, { directory: this.#insertDirectory, isRepeat });
    } catch (error) {
      throw insertError(error);
    }
  }

  async lastReceivedAtMs(): Promise<number> {
    const [row] = await this.query<{ last: string }>(
      'SELECT toUnixTimestamp64Milli(max(received_at)) AS last FROM sightline.spans',
    );
    return Number(row?.last ?? 0);
  }

  async enforceRetention(limits: RetentionLimits): Promise<RetentionResult> {
    this.#assertOpen();
    return enforceRetention(this.#engine.writer, limits);
  }

  async stats(): Promise<StoreStats> {
    const [row] = await this.query<{ spanCount: string; diskBytes: string }>(
      `SELECT sumIf(rows, table = 'spans') AS spanCount, sum(bytes_on_disk) AS diskBytes
       FROM system.parts WHERE database = 'sightline' AND active`,
    );
    return { spanCount: Number(row?.spanCount ?? 0), diskBytes: Number(row?.diskBytes ?? 0) };
  }

  close(): Promise<void> {
    this.#closed ??= this.#release();
    return this.#closed;
  }

  async #release(): Promise<void> {
    await drainPending();
    await this.#engine.close();
    await drainPending();
    await this.#unlock();
  }

  #assertOpen(): void {
    if (this.#closed) throw new StoreError('store-closed', 'The store is closed: the server is stopping.');
  }
}

async function createDirectory(dataDir: string): Promise<void> {
  try {
    await makeDirectory(dataDir);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError(
      'data-directory-unusable',
      `The data directory ${dataDir} cannot be created (${reason}). Choose another with --data.`,
      { cause },
    );
  }
}

/** @see https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp */
const tooExpensive = new Set(['TIMEOUT_EXCEEDED', 'MEMORY_LIMIT_EXCEEDED', 'TOO_MANY_ROWS_OR_BYTES', 'TOO_SLOW']);

function queryError(error: unknown, signal: AbortSignal | undefined): StoreError {
  const message = error instanceof Error ? error.message : String(error);
  if (signal?.aborted) return new StoreError('query-aborted', 'The query was aborted.', { cause: error });
  const type = error instanceof Error && 'type' in error ? String(error.type) : '';
  if (tooExpensive.has(type)) {
    return new StoreError(
      'query-too-expensive',
      `The query took more time or memory than a query may: narrow its time range or its conditions. (${message})`,
      { cause: error },
    );
  }
  if (type) return new StoreError('query-invalid', message, { cause: error });
  return new StoreError('store-failed', message, { cause: error });
}

/** Also where the engine hands on what the file system said. */
const outOfSpace = /NOT_ENOUGH_SPACE|No space left on device|Disk quota exceeded|Read-only file system/;

/** What the engine says of bytes that it cannot read as rows: they will not get better. */
const rowsRefused = /\((CANNOT_(PARSE|READ|CONVERT)_\w+|INCORRECT_DATA|TYPE_MISMATCH|ATTEMPT_TO_READ_AFTER_EOF)\)/;

function insertError(error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error);
  if (rowsRefused.test(message)) return new StoreError('rows-refused', message, { cause: error });
  if (!outOfSpace.test(message)) return error;
  return new StoreError(
    'out-of-space',
    `The disk of the data directory takes no more: ${message.split(': Code:', 1)[0]}`,
    {
      cause: error,
    },
  );
}
