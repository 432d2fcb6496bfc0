import { availableParallelism, totalmem } from 'node:os';
import { Session } from 'chdb';
import { writeConfiguration } from './compression.ts';
import type { QueryLimits } from './query-budget.ts';
import { newerReaderSettings, readerLimits } from './reader-limits.ts';
import { Readers } from './readers.ts';

/**
 * The ClickHouse engine in this process: two connections to the data directory that write, and
 * some that can only read. The engine takes its limits as command-line arguments of
 * `clickhouse local`; those given here keep it at about 250 MB resident at rest, most of which is
 * the library itself.
 */
export interface Engine {
  /** DDL and inserts. */
  writer: Session;
  /** Inserts that go beside those of `writer`. */
  secondWriter: Session;
  /** SELECT only, limited in time and memory. */
  readers: Readers;
  close(): Promise<void>;
}

const mebibyte = 1024 * 1024;
/** The default of all connections: SQL names tables without it. */
const database = 'sightline';

/** The whole process stays below 1.2 GB with it, at full rate and while searches run. */
const defaultMemoryBytes: number = Math.min(1100 * mebibyte, Math.floor(totalmem() / 4));

/** @param memoryBytes for the whole process, as far as the engine can see to it; its caches are parts of that */
export async function openEngine(
  path: string,
  memoryBytes: number = defaultMemoryBytes,
  limits: QueryLimits = {},
): Promise<Engine> {
  const configuration = `${path}.xml`;
  await writeConfiguration(configuration);
  const writer = new Session(path, { connectionArgs: engineArguments(memoryBytes, configuration) });
  await writer.queryAsync(`CREATE DATABASE IF NOT EXISTS ${database} ENGINE = Atomic`);
  await writer.queryAsync(`USE ${database}`);
  const secondWriter = new Session(path);
  await secondWriter.queryAsync(`USE ${database}`);
  const readers = await Readers.open({
    path,
    statements: [`USE ${database}`, `SET ${readerSettings(memoryBytes)}`],
    limits,
  });
  return {
    writer,
    secondWriter,
    readers,
    async close() {
      await readers.close();
      secondWriter.close();
      writer.close();
    },
  };
}

function engineArguments(memoryBytes: number, configuration: string): string[] {
  // 32 MB of the default: what is not in these is in the system's page cache.
  const cacheBytes = Math.floor(memoryBytes / 34);
  return [
    `--config-file=${configuration}`,
    `--max_server_memory_usage=${memoryBytes}`,
    `--mark_cache_size=${cacheBytes}`,
    `--index_mark_cache_size=${cacheBytes}`,
    `--primary_index_cache_size=${cacheBytes}`,
    '--uncompressed_cache_size=0',
    // Of 10 million spans, all skip indexes are 20 MB, which whoever looks for a trace or a rare value reads whole.
    `--index_uncompressed_cache_size=${cacheBytes * 2}`,
    `--mmap_cache_size=0`,
    // Merges are to be behind what comes in, not in its way.
    `--background_pool_size=${Math.max(1, Math.floor(availableParallelism() / 2))}`,
    '--background_schedule_pool_size=2',
    // Threads are made as they are needed, some twenty. But an engine leaves four of them behind when it is closed: the 48th in a process had none.
    '--max_thread_pool_size=1000',
    `--max_threads=${Math.min(8, availableParallelism())}`,
    '--max_insert_threads=1',
    '--input_format_parallel_parsing=0',
    '--timezone=UTC',
  ];
}

/**
 * A SET holds for its connection. `pread`: what is read is mostly in the page cache, and handing each of a hundred small
 * reads to another thread costs more than it saves. Nor are rows made into JSON in threads of their own, which is a quarter of what
 * the least of questions takes: many rows are read as blocks.
 */
function readerSettings(memoryBytes: number): string {
  const settings = {
    ...readerLimits(Math.floor(memoryBytes / 3)),
    ...newerReaderSettings,
    local_filesystem_read_method: "'pread'",
    // Otherwise each thread wants a gigabyte to itself, and every question is given one thread.
    max_threads_min_free_memory_per_thread: 0,
    // Looking at the indexes of a dozen parts takes less than starting threads to share them.
    max_threads_for_indexes: 1,
    output_format_parallel_formatting: 0,
    readonly: 2,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ');
}
