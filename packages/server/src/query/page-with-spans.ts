import type { Block, Column } from '../store/store.ts';
import type { Search } from './prepare-search.ts';
import { comparePositions } from './search-cursor.ts';
import { type Candidate, type Page, type PageTraces, pageSql, placedInSlice } from './slice-page.ts';
import { inSlice } from './slice-sql.ts';
import type { TimeRange } from './time-range.ts';
import { rowsIn, type SummaryColumns, spanKey, spansToRead, summarizeHere, summaryColumns } from './trace-summaries.ts';
import type { FactsBlock } from './traceql/first-spans.ts';

/**
 * Candidates with all their spans, in one question: two thirds of the time of two. Not where attributes are looked at, which would then be read
 * of all those spans.
 * @returns undefined where they have too many spans
 */
export async function readWithSpans(search: Search, page: Page): Promise<PageTraces | undefined> {
  const { store, query, anyTime, columns, visible, parameters, firstSpans } = search;
  const { direction, beyond, values } = pageSql(search, page);
  const limit = spansToRead(page.limit) + 1;
  const selected = [summaryColumns, `toUInt8(${columns}) AS matches`, ...(firstSpans ? [firstSpans.sql] : [])];
  const blocks = await store.queryBlocks<FactsBlock & { matches: Column<number> }>(
    `SELECT ${selected.join(', ')} FROM spans
     PREWHERE trace_id IN (
       SELECT trace_id FROM spans PREWHERE ${inSlice} AND ${anyTime} AND ${visible}
       GROUP BY trace_id ${beyond} ORDER BY min(start_unix_nano) ${direction}, trace_id ${direction} LIMIT {limit:UInt32}
     ) AND ${visible} LIMIT ${limit}`,
    { ...parameters.values, ...values },
  );
  if (rowsIn(blocks) >= limit) return undefined;
  const candidates = candidatesOf(blocks, page.slice, query.order === 'newest');
  return placedInSlice(candidates.slice(0, page.limit), {
    traces: summarizeHere(blocks),
    firstSpans: firstSpans?.firstOf(blocks) ?? new Map(),
  });
}

/** In the order of the slice. From a cluster come as many of each shard. */
function candidatesOf(
  blocks: readonly Block<SummaryColumns & { matches: Column<number> }>[],
  { startUnixNano, endUnixNano }: TimeRange,
  isNewestFirst: boolean,
): Candidate[] {
  const all = new Map<string, { spans: Set<string>; first: bigint; firstInSlice: bigint | undefined }>();
  for (const { columns, rowCount } of blocks) {
    for (let row = 0; row < rowCount; row++) {
      if (columns.matches.at(row) === 0) continue;
      const start = columns.start_unix_nano.exactly(row);
      const traceId = columns.trace_id.at(row);
      const trace = all.get(traceId) ?? { spans: new Set(), first: start, firstInSlice: undefined };
      all.set(traceId, trace);
      trace.spans.add(spanKey(columns, row));
      if (start < trace.first) trace.first = start;
      const isInSlice = start >= startUnixNano && start <= endUnixNano;
      if (isInSlice && (trace.firstInSlice === undefined || start < trace.firstInSlice)) trace.firstInSlice = start;
    }
  }
  const candidates = [...all].flatMap(([traceId, { spans, first, firstInSlice }]) =>
    firstInSlice === undefined
      ? []
      : [
          {
            position: { traceId, key: firstInSlice },
            matches: { spanCount: spans.size, firstStartUnixNano: first },
          },
        ],
  );
  candidates.sort((a, b) => comparePositions(a.position, b.position));
  return isNewestFirst ? candidates.reverse() : candidates;
}
