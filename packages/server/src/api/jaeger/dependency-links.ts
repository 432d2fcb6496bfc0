import type { DependenciesResponse, DependencyEdge } from '@sightline/wire';
import type { TimeRange } from '../../query/time-range.ts';
import type { ReadableStore } from '../../store/store.ts';

export interface FindDependencies {
  find(store: ReadableStore, range: TimeRange): Promise<Pick<DependenciesResponse, 'edges'>>;
}

/** Who calls whom, as Jaeger tells it. */
export interface DependencyLink {
  parent: string;
  child: string;
  callCount: number;
}

/** Jaeger knows services and no databases, queues or hosts. @param service only its own links */
export function dependencyLinks(edges: readonly DependencyEdge[], service?: string): DependencyLink[] {
  return edges
    .filter(({ childKind }) => childKind === 'service')
    .filter(({ parent, child }) => service === undefined || parent === service || child === service)
    .map(({ parent, child, callCount }) => ({ parent, child, callCount }));
}
