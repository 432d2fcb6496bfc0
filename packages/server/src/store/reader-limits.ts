const mebibyte = 1024 * 1024;

/** Of a query's memory: groups that take more go to disk, the rest is for what is read meanwhile. */
const heldShare = 0.4;

/**
 * Settings of every query: its limits, how JSON keeps what a number of JavaScript cannot hold, and that nothing is compiled:
 * what is asked the third time would be, which takes 30 ms, and again with every other constant in it. Nor is it tried whether a projection
 * could answer, which is a tenth of what planning a search takes: who asks for what one has says so (`counts-by-minute.ts`). Time and rows are of a
 * question as a whole (`query-budget.ts`).
 */
export function readerLimits(memoryBytes: number): Record<string, number> {
  return {
    max_memory_usage: memoryBytes,
    max_bytes_before_external_group_by: Math.floor(memoryBytes * heldShare),
    max_result_bytes: 256 * mebibyte,
    max_query_size: 16 * mebibyte,
    output_format_json_quote_64bit_integers: 1,
    output_format_json_quote_denormals: 1,
    compile_expressions: 0,
    compile_aggregate_expressions: 0,
    compile_sort_description: 0,
    optimize_use_projections: 0,
  };
}

/**
 * The same, of those that know it. Skip indexes are looked at once, before anything is read: looked at on the way, as is newer, they leave as many
 * ranges to read as the primary key did, each of which takes 14 µs, and of a trace's id that is one in each minute. And a thread may be given less than
 * eight granules, where a query says so (`query/threads.ts`).
 */
export const newerReaderSettings: Record<string, number> = {
  use_skip_indexes_on_data_read: 0,
  merge_tree_min_read_task_size: 1,
};
