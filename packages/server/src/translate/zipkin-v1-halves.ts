/**
 * A v1 span taken apart into its halves, one for each kind and each service that the span tells of.
 * What `zipkin-v1.ts` says about kinds and times is done here.
 */
import type { SpanKindNumber } from '@sightline/wire';
import type {
  ZipkinBinaryAnnotation,
  ZipkinEndpoint,
  ZipkinSpan,
  ZipkinV1Annotation,
  ZipkinV1Span,
} from './zipkin-span.ts';

const [internal, server, client, producer, consumer] = [1, 2, 3, 4, 5] as const;

const kindOf: ReadonlyMap<string, SpanKindNumber> = new Map([
  ['cs', client],
  ['cr', client],
  ['sr', server],
  ['ss', server],
  ['ms', producer],
  ['ws', producer],
  ['mr', consumer],
  ['wr', consumer],
]);

/** Whose other side an address is. */
const addressed: ReadonlyMap<string, readonly SpanKindNumber[]> = new Map([
  ['sa', [client]],
  ['ca', [server]],
  ['ma', [producer, consumer]],
]);

/** A call has two; a span that tells of more services is no call, and hands the rest of them to its first half. */
const maxHalves = 16;

interface Half {
  span: ZipkinSpan;
  /** Times of the annotations that are none. */
  core: Map<string, bigint>;
}

export class Halves {
  readonly spans: ZipkinSpan[] = [];
  readonly #v1: ZipkinV1Span;
  readonly #first: Half;
  /** Is there the message's `ms`, its `mr`? */
  readonly #isSent: boolean;
  readonly #isReceived: boolean;
  readonly #byService = new Map<string, Half>();
  readonly #byKind = new Map<SpanKindNumber, Half>();

  constructor(v1: ZipkinV1Span) {
    this.#v1 = v1;
    const has = (wanted: string): boolean =>
      v1.annotations.some(({ value, endpoint }) => endpoint !== undefined && value === wanted);
    this.#isSent = has('ms');
    this.#isReceived = has('mr');
    this.#first = this.#newHalf();
  }

  annotate({ unixNano, value, endpoint }: ZipkinV1Annotation): void {
    const half = endpoint ? this.#coreHalf(value, endpoint) : undefined;
    if (half && !half.core.has(value)) half.core.set(value, unixNano);
    else this.#halfOf(endpoint).span.annotations.push({ unixNano, value });
  }

  /** The half that first sent owns the times which the v1 span has; the others have only their annotations. */
  setTimes(): void {
    const owner = [client, server, producer, consumer].find((kind) => this.#byKind.has(kind));
    for (const [kind, half] of this.#byKind) setTimes(half, kind, kind === owner ? this.#v1 : undefined);
    if (owner === undefined) {
      this.#first.span.startUnixNano = this.#v1.startUnixNano;
      this.#first.span.durationNano = this.#v1.durationNano;
    }
    const serverHalf = this.#byKind.get(server);
    if (serverHalf) serverHalf.span.isShared = owner === client || this.#isShared(serverHalf);
    const consumerHalf = this.#byKind.get(consumer);
    if (consumerHalf) consumerHalf.span.isShared = this.#byKind.has(producer);
    this.#joinLocal();
  }

  /** py-zipkin says of what is no call that a service called itself, and was there at once. */
  #joinLocal(): void {
    const [first, second] = this.spans;
    if (this.spans.length !== 2 || first?.kind !== client || second?.kind !== server) return;
    if (first.local?.serviceName !== second.local?.serviceName) return;
    if (first.startUnixNano !== second.startUnixNano || first.durationNano !== second.durationNano) return;
    first.kind = internal;
    this.spans.pop();
    this.#byKind.clear();
  }

  tag({ key, value, endpoint }: ZipkinBinaryAnnotation): void {
    const { span } = this.#halfOf(endpoint);
    if (key === 'lc') {
      span.kind ||= internal;
      if (value.stringValue === '') return;
    }
    span.tags.set(key, value);
  }

  /** An address that no half has room for is kept as a tag. */
  setRemote(key: string, endpoint: ZipkinEndpoint): void {
    const free = this.#addressed(key).filter(({ span }) => !span.remote);
    for (const { span } of free) span.remote = endpoint;
    if (free.length === 0) this.#first.span.tags.set(key, { stringValue: addressText(endpoint) });
  }

  /** Where no annotation says whose span it is, the address says it: what has a client is a server. */
  #addressed(key: string): Half[] {
    if (this.#byKind.size > 0) return (addressed.get(key) ?? []).flatMap((kind) => this.#byKind.get(kind) ?? []);
    if (key === 'ca') this.#first.span.kind ||= server;
    return [this.#first];
  }

  /** v1 has no flag for it: who takes over another's span leaves the times to that one. */
  #isShared({ core }: Half): boolean {
    const { startUnixNano, durationNano } = this.#v1;
    return core.has('sr') && (startUnixNano === 0n || (core.has('ss') && durationNano === 0n));
  }

  /** For an annotation that says kind and time; undefined for others. */
  #coreHalf(value: string, endpoint: ZipkinEndpoint): Half | undefined {
    const kind = this.#kindOf(value);
    if (kind === undefined) return undefined;
    const known = this.#byKind.get(kind);
    if (known) return known;
    const ofService = this.#halfOf(endpoint);
    // A service that calls itself has two halves of one name.
    const half = ofService.span.kind === 0 ? ofService : this.#newHalf(endpoint);
    half.span.kind = kind;
    this.#byKind.set(kind, half);
    return half;
  }

  /** Calls have their `ws` and `wr` too, which are events there. */
  #kindOf(value: string): SpanKindNumber | undefined {
    if (value === 'ws' && !this.#isSent) return undefined;
    if (value === 'wr' && !this.#isReceived) return undefined;
    return kindOf.get(value);
  }

  /** What says no service is put down to the first half. */
  #halfOf(endpoint: ZipkinEndpoint | undefined): Half {
    if (!endpoint) return this.#first;
    const known = this.#byService.get(endpoint.serviceName);
    if (known) return known;
    if (this.spans.length >= maxHalves) return this.#first;
    const half = this.#first.span.local ? this.#newHalf(endpoint) : this.#first;
    half.span.local = endpoint;
    this.#byService.set(endpoint.serviceName, half);
    return half;
  }

  #newHalf(local?: ZipkinEndpoint): Half {
    const { path, traceId, id, parentId, name, isDebug } = this.#v1;
    const span: ZipkinSpan = {
      ...{ path, traceId, id, parentId, name, isDebug, kind: 0, isShared: false },
      ...{ startUnixNano: 0n, durationNano: 0n, annotations: [], tags: new Map() },
      ...(local ? { local } : {}),
    };
    this.spans.push(span);
    return { span, core: new Map() };
  }
}

/** @param v1 if its times are this half's */
function setTimes({ span, core }: Half, kind: SpanKindNumber, v1: ZipkinV1Span | undefined): void {
  const [start, end] = startAndEnd(kind, core);
  span.startUnixNano = v1?.startUnixNano || start || 0n;
  const measured = end !== undefined && span.startUnixNano !== 0n ? end - span.startUnixNano : 0n;
  span.durationNano = v1?.durationNano || measured;
  const endUnixNano = span.startUnixNano + span.durationNano;
  for (const [value, unixNano] of core) {
    if (unixNano !== span.startUnixNano && unixNano !== endUnixNano) span.annotations.push({ unixNano, value });
  }
}

function startAndEnd(kind: SpanKindNumber, core: Map<string, bigint>): [bigint | undefined, bigint | undefined] {
  if (kind === client) return [core.get('cs'), core.get('cr')];
  if (kind === server) return [core.get('sr'), core.get('ss')];
  if (kind === producer) return [core.get('ms'), core.get('ws')];
  return core.has('wr') ? [core.get('wr'), core.get('mr')] : [core.get('mr'), undefined];
}

/** `name 10.0.0.1 80`, what there is of it. */
function addressText({ serviceName, ipv4, ipv6, port }: ZipkinEndpoint): string {
  return [serviceName, ipv4, ipv6, port === 0 ? '' : String(port)].filter((part) => part !== '').join(' ');
}
