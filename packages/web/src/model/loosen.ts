/** What to change about a search that found nothing, the likeliest first. */
import { formatDuration, parseDuration } from '@sightline/wire';
import type { SearchState } from './search-params.ts';
import { defaultLast, ranges } from './time-range.ts';

export interface Loosening {
  label: string;
  state: SearchState;
}

export function loosenings(state: SearchState): Loosening[] {
  return [...widerRange(state), ...fewerFilters(state)];
}

function widerRange(state: SearchState): Loosening[] {
  if (state.from || state.to) {
    const { from: _from, to: _to, ...rest } = state;
    return [{ label: 'Look at the last 7 days', state: { ...rest, last: '7d' } }];
  }
  const current = ranges.findIndex(({ last }) => last === (state.last ?? defaultLast));
  const wider = ranges.slice(current + 1).filter(({ last }) => last === '24h' || last === '7d');
  return wider.map(({ last, label }) => ({ label: `Look at the ${label.toLowerCase()}`, state: { ...state, last } }));
}

function fewerFilters(state: SearchState): Loosening[] {
  const list: Loosening[] = [];
  const without = (key: keyof SearchState, label: string) => {
    const { [key]: _dropped, ...rest } = state;
    list.push({ label, state: rest });
  };
  for (const tag of state.tag ?? []) {
    const { tag: tags = [], ...rest } = state;
    const others = tags.filter((other) => other !== tag);
    list.push({ label: `Drop the tag ${tag}`, state: others.length > 0 ? { ...rest, tag: others } : rest });
  }
  if (state.min) without('min', `Allow spans shorter than ${duration(state.min)}`);
  if (state.max) without('max', `Allow spans longer than ${duration(state.max)}`);
  if (state.status) without('status', 'Any status');
  if (state.name) without('name', `Any span name instead of ${state.name}`);
  if (state.service) without('service', `Any service instead of ${state.service}`);
  return list;
}

function duration(text: string): string {
  const nano = parseDuration(text);
  return nano === undefined ? text : formatDuration(nano);
}
