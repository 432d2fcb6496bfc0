import type { Search } from './prepare-search.ts';

/** SQL for a row of `spans`, and the values of its parameters besides those of the search. */
type Condition = Pick<Search, 'columns' | 'attributes'> & { values?: Readonly<Record<string, string>> };

/**
 * Traces that have a span which fulfils the condition, in no order.
 * @returns one more than `most` where there are more: reading ends with it, so that what is common is soon known to be
 */
export async function findTraceIds(
  { store, visible, parameters }: Search,
  { columns, attributes, values }: Condition,
  most: number,
): Promise<string[]> {
  const rows = await store.query<{ traceId: string }>(
    `SELECT lower(hex(trace_id)) AS traceId FROM spans
     PREWHERE ${columns} AND ${visible} WHERE ${attributes}
     LIMIT 1 BY trace_id LIMIT ${most + 1}`,
    { ...parameters.values, ...values },
  );
  return rows.map(({ traceId }) => traceId);
}
