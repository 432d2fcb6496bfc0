/** For the end of a SELECT that reads a granule or two of each part: to share them among threads takes more CPU than to read them. */
export const oneThread = 'SETTINGS max_threads = 1';

/**
 * For the end of a SELECT that reads a dozen granules of slow columns. By itself ClickHouse shares them out from 20 for each thread on, and so has one
 * thread read them one after the other.
 */
export const sharedByGranules =
  'SETTINGS merge_tree_min_rows_for_concurrent_read = 32768, merge_tree_min_bytes_for_concurrent_read = 1';
