const mebibyte = 1024 * 1024;

/** How long a query may take, in milliseconds. */
export const defaultQueryTimeoutMs = 30_000;

/** Settings of every query: its limits, and how JSON keeps what a number of JavaScript cannot hold. */
export function readerLimits(memoryBytes: number, timeoutMs: number = defaultQueryTimeoutMs): Record<string, number> {
  return {
    max_execution_time: timeoutMs / 1000,
    max_memory_usage: memoryBytes,
    max_result_bytes: 256 * mebibyte,
    max_query_size: 16 * mebibyte,
    output_format_json_quote_64bit_integers: 1,
    output_format_json_quote_denormals: 1,
  };
}
