/** How the spans of SQLite statements end, also those that end with their last row. */
import { guard } from '../guard.ts';
import { endFailed, type MaybeSpan } from './failure.ts';

interface Rows {
  next: () => IteratorResult<unknown>;
  return?: (value?: unknown) => IteratorResult<unknown>;
}

export const succeeded: (span: MaybeSpan) => void = guard('sqlite.end', (span: MaybeSpan) => span.end());
export const failed: (span: MaybeSpan, error: unknown) => void = guard('sqlite.error', endFailed);

/** Ends the span with the last row, or where the program leaves its loop. The iterator stays the driver's own. */
export const watchRows: (rows: unknown, span: MaybeSpan) => void = guard('sqlite.rows', wrapRows);

function wrapRows(iterator: unknown, span: MaybeSpan): void {
  const rows = iterator as Rows;
  const { next } = rows;
  const leave = rows.return ?? noMoreRows;
  rows.next = function () {
    try {
      const row = next.call(this);
      if (row.done) succeeded(span);
      return row;
    } catch (error) {
      failed(span, error);
      throw error;
    }
  };
  rows.return = function (value) {
    succeeded(span);
    return leave.call(this, value);
  };
}

function noMoreRows(value: unknown): IteratorResult<unknown> {
  return { done: true, value };
}
