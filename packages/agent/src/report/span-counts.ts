import type { Scope, Span } from '../tracer/span.ts';

const agentPrefix = '@sightline/agent/';

/** Ended spans by who made them; asked for every span, so the last scope is remembered. */
export class SpanCounts {
  readonly #byScope = new Map<Scope, number[]>();
  #lastScope: Scope | undefined;
  #last: number[] = [];

  add({ scope, kind }: Span): void {
    if (scope !== this.#lastScope) this.#select(scope);
    this.#last[kind] = (this.#last[kind] ?? 0) + 1;
  }

  #select(scope: Scope): void {
    const counts = this.#byScope.get(scope) ?? [0, 0, 0, 0, 0, 0];
    // A program may make a tracer per request: then its spans are counted as one tracer's.
    if (this.#byScope.size < 1_000) this.#byScope.set(scope, counts);
    this.#lastScope = scope;
    this.#last = counts;
  }

  /** @param library its scope without our prefix */
  ofLibrary(library: string, kinds: readonly number[]): number {
    let total = 0;
    for (const [{ name }, counts] of this.#byScope) {
      if (name === agentPrefix + library) for (const kind of kinds) total += counts[kind] ?? 0;
    }
    return total;
  }

  /** Through OpenTelemetry's API. */
  get manual(): number {
    let total = 0;
    for (const [{ name }, counts] of this.#byScope) {
      if (!name.startsWith(agentPrefix)) for (const count of counts) total += count;
    }
    return total;
  }
}
