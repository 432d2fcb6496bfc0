const mebibyte = 1024 * 1024;

/**
 * Settings of every query: its limits, how JSON keeps what a number of JavaScript cannot hold, and that nothing is compiled:
 * what is asked the third time would be, which takes 30 ms, and again with every other constant in it. Time and rows are of a
 * question as a whole (`query-budget.ts`).
 */
export function readerLimits(memoryBytes: number): Record<string, number> {
  return {
    max_memory_usage: memoryBytes,
    max_result_bytes: 256 * mebibyte,
    max_query_size: 16 * mebibyte,
    output_format_json_quote_64bit_integers: 1,
    output_format_json_quote_denormals: 1,
    compile_expressions: 0,
    compile_aggregate_expressions: 0,
    compile_sort_description: 0,
  };
}
