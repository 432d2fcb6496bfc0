/** The first matching spans of a trace, out of the rows that its summary is made of: to ask for them by themselves takes longer than for those. */
import type { Block, Column } from '../../store/store.ts';
import type { Search } from '../prepare-search.ts';
import { type SummaryColumns, spanKey } from '../trace-summaries.ts';
import { factsColumn, type SpanFacts } from './span-facts.ts';

/** By trace id, in the order of time. */
export type FirstSpans = ReadonlyMap<string, SpanFacts[]>;

export interface FirstSpansColumn {
  /** Of a SELECT of `SummaryColumns`, one more. */
  sql: string;
  /** @param blocks all spans of the traces, in any order */
  firstOf(blocks: readonly Block<FactsBlock>[]): FirstSpans;
}

export interface FactsBlock extends SummaryColumns {
  facts: Column<string>;
}

/** What a search is answered with of each trace's spans; 0 where that is none, or an evaluation brings them along. */
export function wantedSpans({ query, evaluation }: Search): number {
  return evaluation ? 0 : (query.traceql?.spansPerSpanSet ?? 0);
}

/** @returns undefined where none are wanted */
export function firstSpansColumn(search: Search): FirstSpansColumn | undefined {
  const most = wantedSpans(search);
  if (most === 0) return undefined;
  const { columns, attributes } = search;
  const { sql, factsOf } = factsColumn(`${columns} AND ${attributes}`, search);
  return {
    sql: `${sql} AS facts`,
    firstOf(blocks) {
      const firstByTrace = new Map<string, SpanFacts[]>();
      for (const [traceId, spans] of placesByTrace(blocks)) {
        const first = spans.sort(comparePlaces).slice(0, most);
        firstByTrace.set(
          traceId,
          first.map(({ block, row }) => factsOf(block.facts.at(row))),
        );
      }
      return firstByTrace;
    },
  };
}

interface Place {
  block: FactsBlock;
  row: number;
}

/** Of matching spans; of one that was sent twice, one. */
function placesByTrace(blocks: readonly Block<FactsBlock>[]): Map<string, Place[]> {
  const byTrace = new Map<string, Map<string, Place>>();
  for (const { columns: block, rowCount } of blocks) {
    for (let row = 0; row < rowCount; row++) {
      const traceId = block.trace_id.at(row);
      const spans = byTrace.get(traceId) ?? new Map<string, Place>();
      byTrace.set(traceId, spans);
      if (block.facts.at(row) !== '') spans.set(spanKey(block, row), { block, row });
    }
  }
  return new Map([...byTrace].map(([traceId, spans]) => [traceId, [...spans.values()]]));
}

function comparePlaces(a: Place, b: Place): number {
  const [start, otherStart] = [a, b].map(({ block, row }) => block.start_unix_nano.exactly(row)) as [bigint, bigint];
  if (start !== otherStart) return start < otherStart ? -1 : 1;
  const [id, otherId] = [a, b].map(({ block, row }) => block.span_id.at(row)) as [string, string];
  if (id !== otherId) return id < otherId ? -1 : 1;
  return a.block.kind.at(a.row) - b.block.kind.at(b.row);
}
