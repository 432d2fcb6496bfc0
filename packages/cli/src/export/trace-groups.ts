import type { FoundTrace } from './found-traces.ts';

const mostTraces = 50;
const mostSpans = 5_000;

/** Ids, so many at a time as one answer may well hold. */
export async function* traceGroups(found: AsyncIterable<FoundTrace>): AsyncGenerator<string[]> {
  let group: string[] = [];
  let spans = 0;
  for await (const { traceId, spanCount } of found) {
    if (group.length === mostTraces || (group.length > 0 && spans + spanCount > mostSpans)) {
      yield group;
      group = [];
      spans = 0;
    }
    group.push(traceId);
    spans += spanCount;
  }
  if (group.length > 0) yield group;
}
