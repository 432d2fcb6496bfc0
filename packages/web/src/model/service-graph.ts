/** What calls what, cut down to what can be read: the busiest services, or the neighbours of one. */
import type { DependenciesResponse, DependencyEdge, DependencyKind, DependencyNode } from '@sightline/wire';

export interface ServiceGraph {
  readonly nodes: readonly DependencyNode[];
  readonly edges: readonly DependencyEdge[];
  /** Services that were left out for having little traffic. */
  readonly hidden: number;
}

export interface GraphChoice {
  /** A node's key. */
  readonly focus?: string | undefined;
  readonly hops?: number | undefined;
  readonly all?: true | undefined;
}

/** So many fit on a screen with names that can be read. */
const readableCount = 48;

type Graph = Pick<DependenciesResponse, 'nodes' | 'edges'>;

export function chooseGraph(graph: Graph, { focus, hops = 1, all }: GraphChoice): ServiceGraph {
  if (focus !== undefined && graph.nodes.some((node) => nodeKey(node) === focus)) {
    return cut(graph, neighbours(graph.edges, focus, hops), 0);
  }
  if (all || graph.nodes.length <= readableCount) return { ...graph, hidden: 0 };
  return cut(graph, busiest(graph, readableCount), graph.nodes.length - readableCount);
}

/** A service and what is at most so many calls away from it, in either direction. */
function neighbours(edges: readonly DependencyEdge[], focus: string, hops: number): Set<string> {
  const found = new Set([focus]);
  for (let hop = 0; hop < hops; hop++) {
    const before = new Set(found);
    for (const edge of edges) {
      if (before.has(parentKey(edge))) found.add(childKey(edge));
      if (before.has(childKey(edge))) found.add(parentKey(edge));
    }
  }
  return found;
}

/** The ends of the busiest calls, so that what is shown hangs together; then the busiest of those that nobody calls. */
function busiest({ nodes, edges }: Graph, most: number): Set<string> {
  const known = new Set(nodes.map(nodeKey));
  const ends = [...edges]
    .sort((a, b) => b.callCount - a.callCount)
    .map((edge) => [parentKey(edge), childKey(edge)].filter((key) => known.has(key)));
  const others = [...nodes].sort((a, b) => b.spanCount - a.spanCount).map((node) => [nodeKey(node)]);
  const kept = new Set<string>();
  for (const keys of [...ends, ...others]) {
    const missing = keys.filter((key) => !kept.has(key));
    if (kept.size + missing.length <= most) for (const key of missing) kept.add(key);
  }
  return kept;
}

function cut({ nodes, edges }: Graph, kept: ReadonlySet<string>, hidden: number): ServiceGraph {
  return {
    nodes: nodes.filter((node) => kept.has(nodeKey(node))),
    edges: edges.filter((edge) => kept.has(parentKey(edge)) && kept.has(childKey(edge))),
    hidden,
  };
}

/** A database may be called as a service is: a node is known by both. A service's key is its name. */
export function nodeKey({ service, kind }: { service: string; kind: DependencyKind }): string {
  return kind === 'service' ? service : `${kind} ${service}`;
}

export function parentKey({ parent }: DependencyEdge): string {
  return nodeKey({ service: parent, kind: 'service' });
}

export function childKey({ child, childKind }: DependencyEdge): string {
  return nodeKey({ service: child, kind: childKind });
}

/** 0 to 1. */
export function errorShareOf({ spanCount, errorCount }: DependencyNode): number {
  return spanCount > 0 ? errorCount / spanCount : 0;
}

/** 1 to 6 pixels, by the magnitude of the number of calls against the busiest edge's. */
export function edgeWidth(callCount: number, mostCalls: number): number {
  if (mostCalls <= 1) return 1.5;
  return 1 + 5 * (Math.log1p(callCount) / Math.log1p(mostCalls)) ** 2;
}
