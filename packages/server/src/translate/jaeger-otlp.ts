/**
 * Jaeger's spans as OTLP, every field of them, as OpenTelemetry's collector translates them: tags that stand for a
 * field of OTLP become that field, logs become events, and references become the parent or links. What OTLP has no
 * field for becomes an attribute: the debug bit of the flags, and warnings (by the name that Jaeger 2 gives them).
 * Tags of a process keep their names (`hostname`, `jaeger.version`, `ip`), so that they are found as they were sent.
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/jaeger/
 */
import type { KeyValue, ResourceSpans, ScopeSpans, Span, SpanEvent, SpanLink } from '@sightline/wire';
import { jaegerRefusal } from './jaeger-refusal.ts';
import type { JaegerLog, JaegerProcess, JaegerReference, JaegerSpan } from './jaeger-span.ts';
import { takeEventFields, takeScope, takeSpanFields } from './jaeger-tags.ts';
import { translationOf } from './otlp.ts';
import type { Translation } from './translation.ts';

const sampledFlag = 1;

/** What senders write that have no name; the second is Sightline's own. */
const noServiceNames: ReadonlySet<string> = new Set(['', '(no service.name)', 'OTLPResourceNoServiceName']);

/** Takes the spans of one request, one after the other. */
export class JaegerTranslation {
  readonly #processes = new Map<JaegerProcess, ProcessSpans>();
  #refusedCount = 0;
  #firstRefusal: string | undefined;

  /** @param process the same object for spans that have it in common */
  add(span: JaegerSpan, process: JaegerProcess): void {
    const refusal = jaegerRefusal(span);
    if (refusal === undefined) this.#spansOf(process).add(span);
    else if (this.#refusedCount++ === 0) this.#firstRefusal = `${span.path}: ${refusal}`;
  }

  finish(): Translation {
    const translation = translationOf({ resourceSpans: Array.from(this.#processes.values(), (spans) => spans.otlp) });
    const firstRefusal = this.#firstRefusal ?? translation.firstRefusal;
    return {
      ...translation,
      refusedCount: this.#refusedCount + translation.refusedCount,
      ...(firstRefusal === undefined ? {} : { firstRefusal }),
    };
  }

  #spansOf(process: JaegerProcess): ProcessSpans {
    let spans = this.#processes.get(process);
    if (spans === undefined) {
      spans = new ProcessSpans(process);
      this.#processes.set(process, spans);
    }
    return spans;
  }
}

/** The spans of one process, by scope. */
class ProcessSpans {
  readonly otlp: ResourceSpans;
  readonly #scopes = new Map<string, ScopeSpans>();

  constructor({ serviceName, tags }: JaegerProcess) {
    const name = noServiceNames.has(serviceName) ? [] : [stringAttribute('service.name', serviceName)];
    this.otlp = { resource: { attributes: [...name, ...tags] }, scopeSpans: [] };
  }

  add(jaeger: JaegerSpan): void {
    const scope = takeScope(jaeger.tags);
    const key = JSON.stringify(scope);
    let scopeSpans = this.#scopes.get(key);
    if (scopeSpans === undefined) {
      scopeSpans = { ...(key === '{}' ? {} : { scope }), spans: [] };
      this.#scopes.set(key, scopeSpans);
      this.otlp.scopeSpans.push(scopeSpans);
    }
    scopeSpans.spans.push(spanOf(jaeger));
  }
}

function spanOf(jaeger: JaegerSpan): Span {
  const { traceId, spanId, operationName, startUnixNano, durationNano, flags } = jaeger;
  const parentSpanId = parentOf(jaeger);
  const fields = takeSpanFields(jaeger.tags);
  const attributes = [...jaeger.tags, ...ownAttributes(jaeger)];
  const events = jaeger.logs.map(eventOf);
  const links = jaeger.references.filter((reference) => !isParent(reference, jaeger, parentSpanId)).map(linkOf);
  return {
    traceId,
    spanId,
    ...(parentSpanId === '' ? {} : { parentSpanId }),
    ...((flags & sampledFlag) === 0 ? {} : { flags: sampledFlag }),
    name: operationName,
    startTimeUnixNano: String(startUnixNano),
    endTimeUnixNano: String(startUnixNano + durationNano),
    ...fields,
    ...(attributes.length > 0 && { attributes }),
    ...(events.length > 0 && { events }),
    ...(links.length > 0 && { links }),
  };
}

/** As Jaeger finds it: what the span says, else the first of its references within the trace, CHILD_OF first. */
function parentOf({ traceId, parentSpanId, references }: JaegerSpan): string {
  if (!/^0*$/.test(parentSpanId)) return parentSpanId;
  const inTrace = references.filter((reference) => reference.traceId === traceId);
  return (inTrace.find(({ type }) => type === 'CHILD_OF') ?? inTrace[0])?.spanId ?? '';
}

/** One that says FOLLOWS_FROM is a link all the same, because of what it says. */
function isParent(reference: JaegerReference, { traceId }: JaegerSpan, parentSpanId: string): boolean {
  return reference.type === 'CHILD_OF' && reference.traceId === traceId && reference.spanId === parentSpanId;
}

function linkOf({ type, traceId, spanId }: JaegerReference): SpanLink {
  return { traceId, spanId, attributes: [stringAttribute('opentracing.ref_type', type.toLowerCase())] };
}

function eventOf({ unixNano, fields }: JaegerLog): SpanEvent {
  const event = takeEventFields(fields);
  return { timeUnixNano: String(unixNano), ...event, ...(fields.length > 0 && { attributes: fields }) };
}

function ownAttributes({ flags, warnings }: JaegerSpan): KeyValue[] {
  const attributes: KeyValue[] = [];
  if ((flags & ~sampledFlag) !== 0) attributes.push({ key: 'jaeger.flags', value: { intValue: String(flags) } });
  if (warnings.length > 0) {
    const values = warnings.map((stringValue) => ({ stringValue }));
    attributes.push({ key: '@jaeger@warnings', value: { arrayValue: { values } } });
  }
  return attributes;
}

function stringAttribute(key: string, stringValue: string): KeyValue {
  return { key, value: { stringValue } };
}
