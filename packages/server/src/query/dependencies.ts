/**
 * The service graph, exactly, and without a job that would have to run. An hour's calls are found when they are first asked for, and
 * kept in memory until the hour's spans, or those of the hours beside it, change. `docs/decisions/0013-service-graph.md` has the
 * measurements.
 */
import type { DependenciesResponse, DependencyEdge, DependencyNode } from '@sightline/wire';
import type { ReadableStore } from '../store/store.ts';
import { type Durations, Histogram } from './histogram.ts';
import { type Calls, findCallsOfHour, type HeldAtOnce, maxCallsPerHour } from './hour-calls.ts';
import type { TimeRange } from './time-range.ts';

/** An hour that changes all the time is not asked for again sooner. */
const usualFreshMs = 15_000;
/** Of all hours together, about 100 MB at most. */
const maxKept = 200_000;
/** The newest ones, where the range has more. */
const maxHours = 24 * 31;

const hourSeconds = 3600;
const partNano = 600_000_000_000n;

interface KeptHour {
  /** Of the spans that it was found in. */
  state: string;
  foundMs: number;
  calls: Calls[];
}

export class Dependencies {
  readonly #freshMs: number;
  readonly #mostHeld: HeldAtOnce | undefined;
  /** By their start, in seconds since 1970; what was asked for last comes last. */
  readonly #hours = new Map<number, KeptHour>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(freshMs: number = usualFreshMs, mostHeld?: HeldAtOnce) {
    this.#freshMs = freshMs;
    this.#mostHeld = mostHeld;
  }

  /** Calls are counted in pieces of ten minutes: those that the range touches. */
  async find(store: Pick<ReadableStore, 'query'>, asked: TimeRange): Promise<DependenciesResponse> {
    const first = asked.startUnixNano / partNano;
    const last = asked.endUnixNano / partNano;
    const calls: Calls[] = [];
    const states = await statesOfHours(store, asked);
    const hours = [...states.keys()].filter((hour) => isTouched(hour, asked));
    const warnings: string[] = [];
    if (hours.length > maxHours) warnings.push(`Only the newest ${maxHours} of ${hours.length} hours were looked at.`);
    for (const hour of hours.slice(-maxHours)) {
      // One after the other: whoever asks for the same at once finds it here.
      const ofHour = await this.#inTurn(() => this.#callsOf(store, hour, stateAround(states, hour)));
      if (ofHour.length >= maxCallsPerHour)
        warnings.push(`Of ${isoHour(hour)} on, only the most frequent calls are told.`);
      calls.push(...ofHour.filter(({ part }) => BigInt(part) >= first && BigInt(part) <= last));
    }
    return {
      startUnixNano: String(first * partNano),
      endUnixNano: String((last + 1n) * partNano - 1n),
      ...graphOf(calls, await findNodes(store, first, last)),
      warnings,
    };
  }

  async #callsOf(store: Pick<ReadableStore, 'query'>, hour: number, state: string): Promise<Calls[]> {
    const kept = this.#hours.get(hour);
    const isFresh = kept && Date.now() - kept.foundMs < this.#freshMs;
    const found = kept && (isFresh || kept.state === state) ? kept : undefined;
    const foundMs = Date.now();
    const current = found ?? { state, foundMs, calls: await findCallsOfHour(store, hour, this.#mostHeld) };
    this.#hours.delete(hour);
    this.#hours.set(hour, current);
    this.#forget();
    return current.calls;
  }

  /** Those that were not asked for the longest. */
  #forget(): void {
    let kept = [...this.#hours.values()].reduce((sum, { calls }) => sum + calls.length, 0);
    for (const [hour, { calls }] of this.#hours) {
      if (kept <= maxKept) return;
      this.#hours.delete(hour);
      kept -= calls.length;
    }
  }

  #inTurn<Result>(action: () => Promise<Result>): Promise<Result> {
    const done = this.#turn.then(action);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

/** What tells whether an hour's spans have changed: how many they are, and when the last one came. Oldest first. */
async function statesOfHours(
  store: Pick<ReadableStore, 'query'>,
  { startUnixNano, endUnixNano }: TimeRange,
): Promise<Map<number, string>> {
  const rows = await store.query<{ hour: number; state: string }>(
    `SELECT hour_unix AS hour, concat(toString(sum(span_count)), ' ', toString(sum(error_count)), ' ', toString(max(last_received_at))) AS state
     FROM span_names WHERE hour_unix + ${2 * hourSeconds} > {start:UInt64} AND hour_unix <= {end:UInt64} + ${hourSeconds}
     GROUP BY hour ORDER BY hour`,
    { start: String(startUnixNano / 1_000_000_000n), end: String(endUnixNano / 1_000_000_000n) },
  );
  return new Map(rows.map(({ hour, state }) => [hour, state]));
}

/** Parents, or what answered a call, may be in the hours beside it. */
function stateAround(states: ReadonlyMap<number, string>, hour: number): string {
  return [hour - hourSeconds, hour, hour + hourSeconds].map((each) => states.get(each) ?? '').join(', ');
}

function isTouched(hour: number, { startUnixNano, endUnixNano }: TimeRange): boolean {
  const start = BigInt(hour) * 1_000_000_000n;
  return start <= endUnixNano && start + BigInt(hourSeconds) * 1_000_000_000n > startUnixNano;
}

function isoHour(hourUnix: number): string {
  return new Date(hourUnix * 1000).toISOString();
}

/** By the spans that entered them, as in the metrics of services. */
async function findNodes(
  store: Pick<ReadableStore, 'query'>,
  firstPart: bigint,
  lastPart: bigint,
): Promise<DependencyNode[]> {
  const rows = await store.query<{ service: string; spanCount: string; errorCount: string }>(
    `SELECT service, argMax(spans, entry) AS spanCount, argMax(errors, entry) AS errorCount FROM (
       SELECT service_name AS service, entry, sum(span_count) AS spans, sum(error_count) AS errors FROM span_metrics
       WHERE has_name = 0 AND minute_unix >= {start:UInt64} AND minute_unix < {end:UInt64} GROUP BY service, entry
     ) GROUP BY service ORDER BY service`,
    { start: String(firstPart * 600n), end: String((lastPart + 1n) * 600n) },
  );
  return rows.map(({ service, spanCount, errorCount }) => ({
    service,
    kind: 'service',
    spanCount: Number(spanCount),
    errorCount: Number(errorCount),
  }));
}

function graphOf(
  calls: readonly Calls[],
  services: readonly DependencyNode[],
): Pick<DependenciesResponse, 'nodes' | 'edges'> {
  const answered = new Set(calls.flatMap((call) => (call.isAnswered ? [childKey(call)] : [])));
  const edges = new Map<string, Edge>();
  const others = new Map<string, DependencyNode>();
  for (const call of calls) {
    // A service stands behind it: its own spans tell of the call.
    if (answered.has(childKey(call))) continue;
    const key = JSON.stringify([call.parent, childKey(call)]);
    const edge = edges.get(key) ?? new Edge(call);
    edge.add(call);
    edges.set(key, edge);
    if (call.childKind !== 'service') addTo(others, call);
  }
  return {
    nodes: [...services, ...[...others.values()].sort((a, b) => order(a.service, b.service) || order(a.kind, b.kind))],
    edges: [...edges.values()].map((edge) => edge.toJson()).sort(byCalls),
  };
}

function addTo(nodes: Map<string, DependencyNode>, call: Calls): void {
  const { child: service, childKind: kind } = call;
  const node = nodes.get(childKey(call)) ?? { service, kind, spanCount: 0, errorCount: 0 };
  node.spanCount += Number(call.callCount);
  node.errorCount += Number(call.errorCount);
  nodes.set(childKey(call), node);
}

class Edge {
  readonly #call: Calls;
  #callCount = 0;
  #errorCount = 0;
  readonly #counts = new Map<number, number>();

  constructor(call: Calls) {
    this.#call = call;
  }

  add({ callCount, errorCount, durations: [buckets, counts] }: Calls): void {
    this.#callCount += Number(callCount);
    this.#errorCount += Number(errorCount);
    for (const [i, bucket] of buckets.entries()) {
      this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + Number(counts[i]));
    }
  }

  toJson(): DependencyEdge {
    const { parent, child, childKind } = this.#call;
    const sorted = [...this.#counts].sort(([a], [b]) => a - b);
    const durations: Durations = [sorted.map(([bucket]) => bucket), sorted.map(([, count]) => count)];
    const histogram = new Histogram(durations);
    return {
      parent,
      child,
      childKind,
      callCount: this.#callCount,
      errorCount: this.#errorCount,
      p50Nano: histogram.percentile(0.5),
      p95Nano: histogram.percentile(0.95),
    };
  }
}

function childKey({ child, childKind }: Calls): string {
  return `${childKind} ${child}`;
}

function byCalls(a: DependencyEdge, b: DependencyEdge): number {
  return b.callCount - a.callCount || order(a.parent, b.parent) || order(a.child, b.child);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
