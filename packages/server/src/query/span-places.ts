/** A trace's rows under their resources and scopes. What says the same is one, whatever the order of its kinds of values was. */
import type { Place } from './places.ts';
import type { SpanRow } from './span-row.ts';

export interface Resource {
  described: Place['resource'];
  /** By the text of the scope. */
  scopes: Map<string, Scope>;
}

export interface Scope {
  described: Place['scope'];
  rows: SpanRow[];
}

export class SpanPlaces {
  /** By the text of the resource. */
  readonly #resources = new Map<string, Resource>();
  readonly #known = new Map<Place, Scope>();

  resources(): Iterable<Resource> {
    return this.#resources.values();
  }

  of(place: Place): Scope {
    const known = this.#known.get(place);
    if (known) return known;
    const scope = this.#scopeOf(place);
    this.#known.set(place, scope);
    return scope;
  }

  #scopeOf({ resource, resourceText, scope, scopeText }: Place): Scope {
    const { scopes } = inMap(this.#resources, resourceText, () => ({ described: resource, scopes: new Map() }));
    return inMap(scopes, scopeText, () => ({ described: scope, rows: [] }));
  }
}

function inMap<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
