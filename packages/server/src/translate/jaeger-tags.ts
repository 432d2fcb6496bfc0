/**
 * Tags that stand for a field of OTLP, by the names that OpenTelemetry's mapping gives them. A tag that holds
 * something else than such a tag does stays a tag.
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/jaeger/
 */
import type { AnyValue, InstrumentationScope, KeyValue, Span, SpanKindNumber, StatusCodeNumber } from '@sightline/wire';

/** Takes the fields of a span out of its tags. */
export function takeSpanFields(tags: KeyValue[]): Partial<Span> {
  const kind = take(tags, 'span.kind', kindOf);
  const status = takeStatus(tags);
  const traceState = take(tags, 'w3c.tracestate', textOf);
  const attributes = take(tags, 'otel.dropped_attributes_count', countOf);
  const events = take(tags, 'otel.dropped_events_count', countOf);
  const links = take(tags, 'otel.dropped_links_count', countOf);
  return {
    ...(kind && { kind }),
    ...(status && { status }),
    ...(traceState && { traceState }),
    ...(attributes && { droppedAttributesCount: attributes }),
    ...(events && { droppedEventsCount: events }),
    ...(links && { droppedLinksCount: links }),
  };
}

export function takeScope(tags: KeyValue[]): InstrumentationScope {
  const name = takeEither(tags, 'otel.scope.name', 'otel.library.name');
  const version = takeEither(tags, 'otel.scope.version', 'otel.library.version');
  return { ...(name && { name }), ...(version && { version }) };
}

/** A library is what OpenTelemetry called a scope before; many senders write both, and then both say the same. */
function takeEither(tags: KeyValue[], key: string, oldKey: string): string | undefined {
  const text = take(tags, key, textOf);
  const oldText = take(tags, oldKey, (value) =>
    text === undefined || value?.stringValue === text ? textOf(value) : undefined,
  );
  return text ?? oldText;
}

/** An event's name, and how many of its attributes were dropped. `message` is OpenTracing's for a log that has nothing else. */
export function takeEventFields(fields: KeyValue[]): { name: string; droppedAttributesCount?: number } {
  const name = take(fields, 'event', textOf) ?? textOf(find(fields, 'message')) ?? '';
  const dropped =
    take(fields, 'otel.event.dropped_attributes_count', countOf) ??
    take(fields, 'otel.dropped_attributes_count', countOf);
  return { name, ...(dropped && { droppedAttributesCount: dropped }) };
}

/** `error` is what Jaeger itself goes by, so it is right where the two disagree. */
function takeStatus(tags: KeyValue[]): Span['status'] {
  const code = take(tags, 'otel.status_code', statusCodeOf);
  // Some senders have no truth values; their text stays, because no field of OTLP says that it was one.
  const isError = take(tags, 'error', trueOf) ?? find(tags, 'error')?.stringValue === 'true';
  const message = take(tags, 'otel.status_description', textOf);
  if (!isError && !code && !message) return undefined;
  return { ...(message && { message }), ...(isError ? { code: 2 } : code && { code }) };
}

/** The value of the first tag of that name, if `read` finds in it what it should hold; the tag is gone then. */
function take<Value>(
  tags: KeyValue[],
  key: string,
  read: (value: AnyValue | undefined) => Value | undefined,
): Value | undefined {
  const index = tags.findIndex((tag) => tag.key === key);
  const value = index < 0 ? undefined : read(tags[index]?.value);
  if (value !== undefined) tags.splice(index, 1);
  return value;
}

function find(tags: KeyValue[], key: string): AnyValue | undefined {
  return tags.find((tag) => tag.key === key)?.value;
}

const kinds = ['internal', 'server', 'client', 'producer', 'consumer'];

function kindOf(value: AnyValue | undefined): SpanKindNumber | undefined {
  const index = kinds.indexOf(value?.stringValue ?? '');
  return index < 0 ? undefined : ((index + 1) as SpanKindNumber);
}

function statusCodeOf(value: AnyValue | undefined): StatusCodeNumber | undefined {
  const index = ['OK', 'ERROR'].indexOf(value?.stringValue?.toUpperCase() ?? '');
  return index < 0 ? undefined : ((index + 1) as StatusCodeNumber);
}

function trueOf(value: AnyValue | undefined): true | undefined {
  return value?.boolValue === true ? true : undefined;
}

/** An empty text would be lost in a field. */
function textOf(value: AnyValue | undefined): string | undefined {
  return value?.stringValue === '' ? undefined : value?.stringValue;
}

/** From JavaScript clients, numbers come as doubles. */
function countOf(value: AnyValue | undefined): number | undefined {
  const count = Number(value?.intValue ?? value?.doubleValue ?? 0);
  return Number.isInteger(count) && count > 0 && count <= 0xffff_ffff ? count : undefined;
}
