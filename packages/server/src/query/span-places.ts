/** Under which resource and scope a trace's rows are, by what these say; most rows are found to be like another of their block. */
import type { ResourceSpans, ScopeSpans } from '@sightline/wire';
import {
  hashOfPlace,
  hasSameResource,
  hasSameScope,
  resourceOf,
  type SpanColumns,
  type SpanRow,
  scopeOf,
} from './span-row.ts';

export interface Resource {
  described: Omit<ResourceSpans, 'scopeSpans'>;
  /** By the text of the scope. */
  scopes: Map<string, Scope>;
}

export interface Scope {
  described: Omit<ScopeSpans, 'spans'>;
  rows: SpanRow[];
}

interface Place {
  /** One that is there. */
  row: SpanRow;
  scope: Scope;
}

export class SpanPlaces {
  /** By the text of the resource. */
  readonly #resources = new Map<string, Resource>();
  #columns: SpanColumns | undefined;
  /** Of the rows of one block, by `hashOfPlace`. */
  readonly #known = new Map<number, Place[]>();
  /** Mostly a row belongs where the one before it does. */
  #last: Place | undefined;

  resources(): Iterable<Resource> {
    return this.#resources.values();
  }

  of(row: SpanRow): Scope {
    if (row.columns !== this.#columns) this.#beginBlock(row.columns);
    if (this.#last === undefined || !isLike(row, this.#last.row)) this.#last = this.#find(row);
    return this.#last.scope;
  }

  #beginBlock(columns: SpanColumns): void {
    this.#columns = columns;
    this.#known.clear();
    this.#last = undefined;
  }

  #find(row: SpanRow): Place {
    const hash = hashOfPlace(row);
    const known = this.#known.get(hash) ?? [];
    const found = known.find((place) => isLike(row, place.row));
    if (found) return found;
    const place = { row, scope: scopeIn(this.#resourceOf(row), row) };
    known.push(place);
    this.#known.set(hash, known);
    return place;
  }

  #resourceOf(row: SpanRow): Resource {
    const described = resourceOf(row);
    const text = JSON.stringify(described);
    const known = this.#resources.get(text) ?? { described, scopes: new Map() };
    this.#resources.set(text, known);
    return known;
  }
}

function isLike(row: SpanRow, other: SpanRow): boolean {
  return hasSameResource(row, other) && hasSameScope(row, other);
}

function scopeIn({ scopes }: Resource, row: SpanRow): Scope {
  const described = scopeOf(row);
  const text = JSON.stringify(described);
  const known = scopes.get(text) ?? { described, rows: [] };
  scopes.set(text, known);
  return known;
}
