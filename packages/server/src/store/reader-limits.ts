const mebibyte = 1024 * 1024;

/**
 * Settings of every query: its limits, and how JSON keeps what a number of JavaScript cannot hold. Time and rows are of a
 * question as a whole (`query-budget.ts`).
 */
export function readerLimits(memoryBytes: number): Record<string, number> {
  return {
    max_memory_usage: memoryBytes,
    max_result_bytes: 256 * mebibyte,
    max_query_size: 16 * mebibyte,
    output_format_json_quote_64bit_integers: 1,
    output_format_json_quote_denormals: 1,
  };
}
