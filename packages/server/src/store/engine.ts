import { availableParallelism, totalmem } from 'node:os';
import { Session } from 'chdb';
import { Readers } from './readers.ts';

/**
 * The ClickHouse engine in this process: one connection to the data directory that writes, and
 * some that can only read. The engine takes its limits as command-line arguments of
 * `clickhouse local`; those given here keep it at about 250 MB resident at rest, most of which is
 * the library itself.
 */
export interface Engine {
  /** DDL and inserts. */
  writer: Session;
  /** SELECT only, limited in time and memory. */
  readers: Readers;
  close(): Promise<void>;
}

const mebibyte = 1024 * 1024;

export async function openEngine(path: string): Promise<Engine> {
  const memoryBytes = Math.min(2048 * mebibyte, Math.floor(totalmem() / 4));
  const writer = new Session(path, { connectionArgs: engineArguments(memoryBytes) });
  const readers = await Readers.open({ path, settings: readerSettings(memoryBytes) });
  return {
    writer,
    readers,
    async close() {
      await readers.close();
      writer.close();
    },
  };
}

function engineArguments(memoryBytes: number): string[] {
  return [
    `--max_server_memory_usage=${memoryBytes}`,
    `--mark_cache_size=${32 * mebibyte}`,
    `--index_mark_cache_size=${32 * mebibyte}`,
    `--primary_index_cache_size=${32 * mebibyte}`,
    `--uncompressed_cache_size=0`,
    `--index_uncompressed_cache_size=${16 * mebibyte}`,
    `--mmap_cache_size=0`,
    '--background_pool_size=2',
    '--background_schedule_pool_size=2',
    '--max_thread_pool_size=200',
    `--max_threads=${Math.min(8, availableParallelism())}`,
    '--max_insert_threads=1',
    '--input_format_parallel_parsing=0',
    '--timezone=UTC',
  ];
}

/**
 * A SET holds for its connection. `pread`: what is read is mostly in the page cache, and handing each of a hundred small
 * reads to another thread costs more than it saves.
 */
function readerSettings(memoryBytes: number): string {
  return `SET max_execution_time = 15, max_memory_usage = ${Math.floor(memoryBytes / 2)},
    max_result_bytes = ${256 * mebibyte}, max_query_size = ${16 * mebibyte}, output_format_json_quote_64bit_integers = 1,
    output_format_json_quote_denormals = 1, local_filesystem_read_method = 'pread', readonly = 2`;
}
