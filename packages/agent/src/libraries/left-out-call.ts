/**
 * A request that the CPU budget left out of the traces. If it fails or is slow, it gets its server span at its end,
 * with its real start and the ids that were handed on while it ran; there are no spans below it.
 */
import type { IncomingMessage } from 'node:http';
import { currentAnchor } from '../tracer/clock.ts';
import { NonRecordingSpan, sampledFlag } from '../tracer/non-recording-span.ts';
import { extract } from '../tracer/propagation.ts';
import { settings } from '../tracer/settings.ts';
import { type Scope, Span } from '../tracer/span.ts';
import type { MaybeSpan } from './failure.ts';
import { methodName } from './http-attributes.ts';
import { serverAttributes } from './http-server-attributes.ts';

export class LeftOutCall {
  readonly #startMs = performance.now();
  /** Frameworks rewrite it while they route. */
  readonly #url: string | undefined;
  readonly #scope: Scope;

  constructor(request: IncomingMessage, scope: Scope) {
    this.#url = request.url;
    this.#scope = scope;
  }

  /** @returns the span to end in place of the one that records nothing; undefined for a request like the others */
  keep(request: IncomingMessage, span: MaybeSpan, hasFailed: boolean): Span | undefined {
    const reason = settings.leftOut?.judge(performance.now() - this.#startMs, hasFailed);
    if (reason === undefined || span instanceof Span) return undefined;
    const { traceId, idHigh, idLow, flags, traceState } = span;
    const identity = new NonRecordingSpan(traceId, idHigh, idLow, flags | sampledFlag, false, traceState);
    const parent = extract(request.headers).identity;
    const attributes = [...this.#attributes(request), 'sightline.kept', reason];
    const name = methodName(request.method ?? '');
    return new Span(this.#scope, identity, parent, name, 2, currentAnchor(), this.#startMs, attributes, undefined);
  }

  #attributes(request: IncomingMessage): ReturnType<typeof serverAttributes> {
    const { url } = request;
    try {
      request.url = this.#url;
      return serverAttributes(request);
    } finally {
      request.url = url;
    }
  }
}
