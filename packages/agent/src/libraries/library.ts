import type { SpanKindNumber } from '@sightline/wire';
import type { Injection } from '../channels/injection.ts';

/**
 * One library that the agent knows: where its channels come from, and how one call becomes one
 * span. `docs/libraries.md`, `sightline libraries` and `sightline doctor` are printed from these.
 */
export interface Library {
  /** As `OTEL_…` settings and reports name it. */
  readonly name: string;
  /** npm packages, builtin modules with `node:`, or a global. */
  readonly packages: readonly string[];
  /** Semver range of those, as users read it; of Node for what Node brings along. */
  readonly versions: string;
  /** Who publishes: Node's core, the library itself, or statements that we add as its source is loaded; native methods are wrapped. */
  readonly source: ChannelSource;
  readonly spans: readonly SpanDoc[];
  readonly injections?: readonly Injection[];
  /** Builtin modules to instrument when the program loads them: called once before it sees the module. */
  readonly builtins?: Readonly<Record<string, () => void>>;
  /** Subscribes. Called once, before the program's first line. */
  start(): void;
}

export type ChannelSource = 'node' | 'own channels' | 'injected' | 'wrapped';

export interface SpanDoc {
  /** How the span is called, with examples. */
  readonly name: string;
  /** Absent where the library adds to the span of another. */
  readonly kind?: SpanKindNumber;
  /** When there is one, in a few words. */
  readonly when: string;
  /** The attributes that tell most. */
  readonly attributes: readonly string[];
}
