/** Values of a field, of the newest spans that a search matches: for completion. */
import type { AttributeType, AttributeValuesResponse } from '@sightline/wire';
import type { ReadableStore } from '../store/store.ts';
import { fieldItems } from './field-items.ts';
import { countNewest, newestSelected, sampleOf } from './newest-spans.ts';
import { prepareSearch, type Search } from './prepare-search.ts';
import type { SearchQuery } from './search-query.ts';
import type { Field } from './traceql/ast.ts';
import { isOfTrace, needsEvaluation } from './traceql/fields.ts';
import { fieldValues } from './traceql/span-values.ts';

export interface AttributeValueFilter {
  field: Field;
  prefix?: string;
  limit: number;
}

/** Values with a prefix or of few spans would be few among too few. */
const enoughSpans = 5_000;

/** Most frequent first. What a search cannot look for is not given. */
export async function findAttributeValues(
  store: ReadableStore,
  query: SearchQuery,
  { field, prefix, limit }: AttributeValueFilter,
): Promise<AttributeValuesResponse> {
  const isReadByRow = !isOfTrace(field) && needsEvaluation(field);
  const search = await prepareSearch(store, query, isReadByRow ? [] : [field]);
  const sql = fieldItems(field, prefix, search);
  const found = isOfTrace(field)
    ? await countHere(search, field, prefix)
    : sql && (await countNewest(search, { ...sql, enough: enoughSpans }));
  if (!found) return { values: [], sample: { spanCount: 0, startUnixNano: String(query.range.startUnixNano) } };
  const values = found.items
    .slice(0, limit)
    .map(({ item: [value = '', type], spanCount }) => ({ value, type: type as AttributeType, spanCount }));
  return { values, sample: sampleOf(found) };
}

/** Of what only whole traces tell: the names of their roots. */
async function countHere(search: Search, field: Field, prefix = ''): ReturnType<typeof countNewest> {
  const spans = await newestSelected(search);
  const counts = new Map<string, number>();
  for (const value of spans.flatMap((span) => fieldValues(field, span))) {
    if (value.type !== 'string' || !value.value.toLowerCase().startsWith(prefix.toLowerCase())) continue;
    counts.set(value.value, (counts.get(value.value) ?? 0) + 1);
  }
  const items = [...counts].map(([text, spanCount]) => ({ item: [text, 'string'], spanCount }));
  const startUnixNano = spans.reduce(
    (first, span) => (span.startUnixNano < first ? span.startUnixNano : first),
    search.query.range.endUnixNano,
  );
  return {
    items: items.sort((a, b) => b.spanCount - a.spanCount),
    sample: { spanCount: spans.length, startUnixNano },
  };
}
