/** Groups of spans, as the table sorts them and as a click on one narrows the search. */
import { type AnyValue, type SpanGroup, textOf } from '@sightline/wire';
import type { SearchState } from './search-params.ts';

export type GroupSort = 'value' | 'count' | 'errors' | 'p50' | 'p95' | 'p99';

export function sortGroups(groups: readonly SpanGroup[], by: GroupSort, reversed: boolean): SpanGroup[] {
  const sign = reversed ? -1 : 1;
  return [...groups].sort((a, b) => sign * compare(a, b, by));
}

function compare(a: SpanGroup, b: SpanGroup, by: GroupSort): number {
  switch (by) {
    case 'value':
      return groupText(a.value).localeCompare(groupText(b.value), 'en', { numeric: true });
    case 'count':
      return b.spanCount - a.spanCount;
    case 'errors':
      return b.errorCount / b.spanCount - a.errorCount / a.spanCount;
    default:
      return Number(b[`${by}Nano`]) - Number(a[`${by}Nano`]);
  }
}

export function groupText(value: AnyValue | null): string {
  return value === null ? '(none)' : textOf(value);
}

/** The form with the group's value in it; undefined where only a query can say it. */
export function formWithGroup(state: SearchState, by: string, value: AnyValue | null): SearchState | undefined {
  if (state.q !== undefined || value === null) return undefined;
  const text = textOf(value);
  switch (by) {
    case 'resource.service.name':
      return { ...state, service: text };
    case 'name':
      return { ...state, name: text };
    default:
      return /^(span|resource)\.[\w.\-/]+$/.test(by) ? withTag(state, `${by}=${text}`) : undefined;
  }
}

function withTag({ tag = [], ...rest }: SearchState, added: string): SearchState {
  return { ...rest, tag: tag.includes(added) ? tag : [...tag, added] };
}
