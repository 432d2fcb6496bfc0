/**
 * What spans mostly have: half of the columns, and so half of the time that it takes to read a trace. `has_more` says of a span whether it has
 * something in any of the others.
 */
import { type Block, type Column, emptyLists, emptyMaps, sameInAll } from '../store/store.ts';
import type { SpanColumns } from './span-row.ts';

/** For a SELECT that gives `UsualColumns`. */
export const usualColumns: string = `
  trace_id, span_id, parent_span_id, flags, name, kind, start_unix_nano, start_unix_nano + duration_nano AS end_unix_nano, status_code,
  status_message, attr_string, attr_int, attr_bool, place_hash, has_more`;

type OtherColumns = Pick<
  SpanColumns,
  | 'trace_state'
  | 'attr_double'
  | 'attr_other'
  | 'dropped_attributes'
  | 'event_time'
  | 'event_name'
  | 'event_attributes'
  | 'event_dropped'
  | 'dropped_events'
  | 'link_trace_id'
  | 'link_span_id'
  | 'link_trace_state'
  | 'link_attributes'
  | 'link_dropped'
  | 'link_flags'
  | 'dropped_links'
>;

export type UsualColumns = Omit<SpanColumns, keyof OtherColumns> & { has_more: Column<number> };

/** Whether a span has nothing in any other column. */
export function isAll({ columns }: Block<UsualColumns>, row: number): boolean {
  return columns.has_more.at(row) === 0;
}

export function isAllOfEach(block: Block<UsualColumns>): boolean {
  for (let row = 0; row < block.rowCount; row++) if (!isAll(block, row)) return false;
  return true;
}

/** For the rows of which `isAll` is true. */
export function withOthers({ columns, rowCount }: Block<UsualColumns>): Block<SpanColumns> {
  return { rowCount, columns: { ...columns, ...otherColumns(rowCount) } };
}

function otherColumns(rowCount: number): OtherColumns {
  const [lists, maps, zero, text] = [emptyLists(rowCount), emptyMaps(rowCount), sameInAll(0), sameInAll('')];
  return {
    trace_state: text,
    attr_double: maps,
    attr_other: maps,
    dropped_attributes: zero,
    event_time: lists,
    event_name: lists,
    event_attributes: lists,
    event_dropped: lists,
    dropped_events: zero,
    link_trace_id: lists,
    link_span_id: lists,
    link_trace_state: lists,
    link_attributes: lists,
    link_dropped: lists,
    link_flags: lists,
    dropped_links: zero,
  };
}
