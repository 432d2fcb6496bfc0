/**
 * Zipkin's spans as OTLP, every field of them.
 *
 * A call's two halves may share one id: the client gave it, the server reported under it, `shared`. Both are kept
 * as they are, two spans that differ in their kind: that is how Jaeger and Tempo store them, what makes a repeated
 * export recognisable, and what lets a child find its parent by id. Whoever reads a trace makes the server's half
 * the child of the client's (`explain/span-tree.ts`).
 *
 * What OTLP has no field for becomes an attribute, `zipkin.…`, and is left away where it says nothing. A span
 * without a timestamp starts with its first annotation, or else with its trace, as far as the request has it; the
 * attribute that says so has the collector's name for it. A span without a duration ends as it starts.
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/zipkin/
 */
import {
  type AnyValue,
  DecodeError,
  type InstrumentationScope,
  type KeyValue,
  type ResourceSpans,
  type ScopeSpans,
  type Span,
} from '@sightline/wire';
import { JsonAttributes } from './json-attributes.ts';
import { translationOf } from './otlp.ts';
import { timeProblem } from './time-problem.ts';
import type { Translation } from './translation.ts';
import { eventOf } from './zipkin-annotation.ts';
import { addEndpoints } from './zipkin-endpoints.ts';
import { isNoId, zipkinRefusal } from './zipkin-refusal.ts';
import type { ZipkinSpan, ZipkinV1Span } from './zipkin-span.ts';
import { takeResource, takeScope, takeSpanFields } from './zipkin-tags.ts';
import { spansOfV1 } from './zipkin-v1.ts';

/** Of one request; those of 16 MiB that have a name, a service and a few tags are 40,000. */
const maxSpans = 100_000;

/** Takes the spans of one request, one after the other, so that they need not all be there in two forms. */
export class ZipkinTranslation {
  readonly #resources = new Map<string, ResourceSpans>();
  readonly #scopes = new Map<string, ScopeSpans>();
  readonly #traceStarts = new Map<string, bigint>();
  readonly #withoutStart: { span: Span; durationNano: bigint }[] = [];
  readonly #json = new JsonAttributes();
  #spanCount = 0;
  #refusedCount = 0;
  #firstRefusal: string | undefined;

  add(span: ZipkinSpan): void {
    if (!this.#isRefused(span)) this.#add(span);
  }

  addV1(span: ZipkinV1Span): void {
    if (this.#isRefused(span)) return;
    for (const half of spansOfV1(span)) this.#add(half);
  }

  finish(): Translation {
    for (const { span, durationNano } of this.#withoutStart) {
      setTimes(span, this.#traceStarts.get(span.traceId) ?? 0n, durationNano);
    }
    return {
      ...translationOf({ resourceSpans: [...this.#resources.values()] }),
      refusedCount: this.#refusedCount,
      ...(this.#firstRefusal === undefined ? {} : { firstRefusal: this.#firstRefusal }),
    };
  }

  #isRefused(span: ZipkinSpan | ZipkinV1Span): boolean {
    const refusal = zipkinRefusal(span);
    if (refusal === undefined) return false;
    if (this.#refusedCount++ === 0) this.#firstRefusal = `${span.path}: ${refusal}`;
    return true;
  }

  #add(zipkin: ZipkinSpan): void {
    const { tags, local } = zipkin;
    if (++this.#spanCount > maxSpans) throw new DecodeError(0, '', `more than ${maxSpans} spans: send fewer at once`);
    const resource = takeResource(tags, local?.serviceName ?? '');
    const scope = takeScope(tags);
    const span = spanOf(zipkin, this.#json);
    takeSpanFields(tags, span, this.#json);
    this.#setStart(span, zipkin);
    const attributes = attributesOf(zipkin);
    if (attributes.length > 0) span.attributes = attributes;
    this.#scopeSpans(resource, scope).spans.push(span);
  }

  #setStart(span: Span, { startUnixNano, durationNano, annotations, tags }: ZipkinSpan): void {
    const start = startUnixNano || leastOf(annotations.map(({ unixNano }) => unixNano));
    if (startUnixNano === 0n) tags.set('otel.zipkin.absentField.startTime', { boolValue: true });
    if (start === 0n) {
      this.#withoutStart.push({ span, durationNano });
      return;
    }
    setTimes(span, start, durationNano);
    const known = this.#traceStarts.get(span.traceId);
    if (known === undefined || start < known) this.#traceStarts.set(span.traceId, start);
  }

  #scopeSpans(attributes: KeyValue[], scope: InstrumentationScope): ScopeSpans {
    const resourceKey = JSON.stringify(attributes);
    const scopeKey = resourceKey + JSON.stringify(scope);
    const known = this.#scopes.get(scopeKey);
    if (known) return known;
    const added: ScopeSpans = { ...(Object.keys(scope).length > 0 ? { scope } : {}), spans: [] };
    this.#scopes.set(scopeKey, added);
    const resource = this.#resources.get(resourceKey);
    if (resource) resource.scopeSpans.push(added);
    else this.#resources.set(resourceKey, { resource: { attributes }, scopeSpans: [added] });
    return added;
  }
}

/** Without times and attributes. */
function spanOf({ traceId, id, parentId, kind, name, annotations }: ZipkinSpan, json: JsonAttributes): Span {
  const span: Span = {
    traceId: traceId.toLowerCase().padStart(32, '0'),
    spanId: id.toLowerCase().padStart(16, '0'),
    name,
    kind,
    startTimeUnixNano: '0',
    endTimeUnixNano: '0',
  };
  const parentSpanId = parentId.toLowerCase().padStart(16, '0');
  // Some senders of a root span give its own id here, which Zipkin takes for none.
  if (!isNoId(parentId) && parentSpanId !== span.spanId) span.parentSpanId = parentSpanId;
  if (annotations.length > 0) span.events = annotations.map((annotation) => eventOf(annotation, json));
  return span;
}

function setTimes(span: Span, startUnixNano: bigint, durationNano: bigint): void {
  span.startTimeUnixNano = String(startUnixNano);
  // From a start that was not the span's own, its duration may lead out of what OTLP can say.
  const endUnixNano = startUnixNano + durationNano;
  const isKnown = timeProblem('', endUnixNano) === undefined;
  span.endTimeUnixNano = String(isKnown ? endUnixNano : startUnixNano);
}

function attributesOf(zipkin: ZipkinSpan): KeyValue[] {
  const attributes: Map<string, AnyValue> = zipkin.tags;
  addEndpoints(attributes, zipkin);
  if (zipkin.isShared) attributes.set('zipkin.shared', { boolValue: true });
  if (zipkin.isDebug) attributes.set('zipkin.debug', { boolValue: true });
  return Array.from(attributes, ([key, value]) => ({ key, value }));
}

/** 0n of none. */
function leastOf(values: bigint[]): bigint {
  let least = values[0] ?? 0n;
  for (const value of values) if (value < least) least = value;
  return least;
}
