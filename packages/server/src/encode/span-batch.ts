/** Rows for one insert into each table. @typeParam Block what the rows of a table are */
export interface SpanBatch<Block> {
  /** Of all rows, and which of its writer's batches this is: it only ever grows. */
  receivedAtMs: number;
  /** Whose batch it is: 0 where there is but one. */
  writer: number;
  /** Where all its traces belong, counted from 1. */
  shard: number;
  spanCount: number;
  spans: Block;
  spanNames: Block;
  attributeKeys: Block;
  spanMetrics: Block;
}
