/**
 * What `v8.writeHeapSnapshot` writes, read for one question: which objects of a class are alive, and what keeps
 * them. The file is flat: `nodes` and `edges` are numbers, a row of each as `meta` names its fields, and the edges
 * of one node follow those of the node before it.
 */
import { readFileSync } from 'node:fs';

interface Snapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly [readonly string[], ...unknown[]];
      readonly edge_fields: readonly string[];
      readonly edge_types: readonly [readonly string[], ...unknown[]];
    };
  };
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly strings: readonly string[];
}

/** One object that is alive. */
export interface HeapObject {
  readonly className: string;
  /** From a root of the collector to the object: `(GC roots) → … → Socket ._events → Span`. */
  readonly path: string;
  /** What a property or private field holds, `#call` for example; undefined where it is a number or not there. */
  get(field: string): HeapObject | undefined;
}

export class HeapSnapshot {
  readonly #nodes: readonly number[];
  readonly #edges: readonly number[];
  readonly #strings: readonly string[];
  readonly #node: ReadonlyMap<string, number>;
  readonly #edge: ReadonlyMap<string, number>;
  readonly #nodeTypes: readonly string[];
  readonly #edgeTypes: readonly string[];
  /** By a node's row: where its edges begin. */
  readonly #firstEdge: Uint32Array;
  /** By a node's row: the edge over which it was first reached, and the row that this edge is of; -1 where it was not. */
  readonly #reachedBy: Int32Array;
  readonly #reachedFrom: Int32Array;

  constructor(file: string) {
    const { snapshot, nodes, edges, strings } = JSON.parse(readFileSync(file, 'utf8')) as Snapshot;
    const { meta } = snapshot;
    this.#nodes = nodes;
    this.#edges = edges;
    this.#strings = strings;
    this.#node = new Map(meta.node_fields.map((name, i) => [name, i]));
    this.#edge = new Map(meta.edge_fields.map((name, i) => [name, i]));
    this.#nodeTypes = meta.node_types[0];
    this.#edgeTypes = meta.edge_types[0];
    this.#firstEdge = this.#findEdges();
    this.#reachedBy = new Int32Array(this.#rows).fill(-1);
    this.#reachedFrom = new Int32Array(this.#rows).fill(-1);
    this.#reach();
  }

  /** The objects of that class which are reachable without weak references. */
  instancesOf(className: string): HeapObject[] {
    const names = [className, `_${className}`]; // the bundler renames a class that speaks of itself
    const found: HeapObject[] = [];
    for (let row = 1; row < this.#rows; row++) {
      const isInstance = this.#nodeType(row) === 'object' && names.includes(this.#nodeName(row));
      if (isInstance && this.#reachedFrom[row] !== -1 && !this.#isPrototype(row)) found.push(this.#describe(row));
    }
    return found;
  }

  get #rows(): number {
    return this.#nodes.length / this.#node.size;
  }

  #findEdges(): Uint32Array {
    const first = new Uint32Array(this.#rows + 1);
    for (let row = 0; row < this.#rows; row++) first[row + 1] = (first[row] ?? 0) + this.#nodeField(row, 'edge_count');
    return first;
  }

  /** Breadth first, so that paths are short. */
  #reach(): void {
    const queue = [0];
    for (let i = 0; i < queue.length; i++) {
      const from = queue[i] as number;
      for (let edge = this.#firstEdge[from] as number; edge < (this.#firstEdge[from + 1] as number); edge++) {
        const to = this.#target(edge);
        if (this.#isWeak(edge) || to === 0 || this.#reachedFrom[to] !== -1) continue;
        this.#reachedFrom[to] = from;
        this.#reachedBy[to] = edge;
        queue.push(to);
      }
    }
  }

  #isWeak(edge: number): boolean {
    return this.#edgeTypes[this.#edgeField(edge, 'type')] === 'weak';
  }

  /** A class's prototype goes by the class's name as well. */
  #isPrototype(row: number): boolean {
    return this.#findEdge(row, 'constructor') !== undefined;
  }

  #describe(row: number): HeapObject {
    const get = (field: string): HeapObject | undefined => {
      const edge = this.#findEdge(row, field);
      return edge === undefined ? undefined : this.#describe(this.#target(edge));
    };
    return { className: this.#nodeName(row), path: this.#path(row), get };
  }

  #findEdge(row: number, name: string): number | undefined {
    for (let edge = this.#firstEdge[row] as number; edge < (this.#firstEdge[row + 1] as number); edge++) {
      if (this.#edgeName(edge) === name) return edge;
    }
    return undefined;
  }

  #path(row: number): string {
    const steps: string[] = [];
    for (let at = row; at > 0; at = this.#reachedFrom[at] as number) {
      steps.unshift(`.${this.#edgeName(this.#reachedBy[at] as number)} → ${this.#nodeName(at)}`);
    }
    return steps.join(' ');
  }

  #target(edge: number): number {
    return this.#edgeField(edge, 'to_node') / this.#node.size;
  }

  #edgeName(edge: number): string {
    const type = this.#edgeTypes[this.#edgeField(edge, 'type')];
    const name = this.#edgeField(edge, 'name_or_index');
    return type === 'element' || type === 'hidden' ? `[${name}]` : (this.#strings[name] ?? '');
  }

  #nodeName(row: number): string {
    return this.#strings[this.#nodeField(row, 'name')] ?? '';
  }

  #nodeType(row: number): string {
    return this.#nodeTypes[this.#nodeField(row, 'type')] ?? '';
  }

  #nodeField(row: number, name: string): number {
    return this.#nodes[row * this.#node.size + (this.#node.get(name) as number)] as number;
  }

  #edgeField(edge: number, name: string): number {
    return this.#edges[edge * this.#edge.size + (this.#edge.get(name) as number)] as number;
  }
}
