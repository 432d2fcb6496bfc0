import type { SpanNameInfo } from '@sightline/wire';
import { kindText } from './span-summary.ts';
import { countText } from './time-text.ts';

export interface NamedSpans {
  name: string;
  spanCount: number;
  /** `Server · 120`, or with several services `3 services · 120`. */
  note: string;
}

/**
 * One name may stand for spans of two kinds, and of several services; a search by name finds them all.
 * @param byService each service with the names of its spans
 */
export function mergeSpanNames(byService: readonly (readonly [string, readonly SpanNameInfo[]])[]): NamedSpans[] {
  const merged = new Map<string, { spanCount: number; kinds: Set<string>; services: Set<string> }>();
  for (const [service, infos] of byService) {
    for (const { name, kind, spanCount } of infos) {
      // No name is what a search without a name asks for.
      if (name === '') continue;
      const one = merged.get(name) ?? { spanCount: 0, kinds: new Set(), services: new Set() };
      one.spanCount += spanCount;
      one.kinds.add(kindText(kind));
      one.services.add(service);
      merged.set(name, one);
    }
  }
  return [...merged]
    .map(([name, { spanCount, kinds, services }]) => {
      const [only = ''] = services;
      const where =
        services.size > 1 ? `${services.size} services` : byService.length > 1 ? only : [...kinds].join(', ');
      return { name, spanCount, note: [where, countText(spanCount)].filter(Boolean).join(' · ') };
    })
    .sort((a, b) => b.spanCount - a.spanCount);
}
