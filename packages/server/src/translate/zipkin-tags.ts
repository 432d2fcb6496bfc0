/**
 * What exporters of OpenTelemetry write into Zipkin's tags because Zipkin has no place for it: status, scope, trace
 * state, links, counts of what was dropped, and the resource. It is taken out of the tags and put back in place;
 * a tag that is not understood stays a tag. An `error` of a plain Zipkin client means a failed span as well.
 *
 * @see https://opentelemetry.io/docs/specs/otel/common/mapping-to-non-otlp/
 * @see https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/zipkin/#status
 */
import type { AnyValue, InstrumentationScope, KeyValue, Span, SpanKindNumber, StatusCodeNumber } from '@sightline/wire';
import type { JsonAttributes } from './json-attributes.ts';
import { takeLinks } from './zipkin-links.ts';

type Tags = Map<string, AnyValue>;

/** Takes what belongs to the span itself out of its tags. */
export function takeSpanFields(tags: Tags, span: Span, json: JsonAttributes): void {
  if (tags.size === 0) return;
  const traceState = take(tags, 'w3c.tracestate');
  if (traceState) span.traceState = traceState;
  if (!span.kind) span.kind = takeKind(tags);
  const links = takeLinks(tags, json);
  if (links.length > 0) span.links = links;
  const status = takeStatus(tags);
  if (status) span.status = status;
  span.droppedAttributesCount = takeCount(tags, 'otel.dropped_attributes_count');
  span.droppedEventsCount = takeCount(tags, 'otel.dropped_events_count');
  span.droppedLinksCount = takeCount(tags, 'otel.dropped_links_count');
}

function take(tags: Tags, key: string): string | undefined {
  const text = tags.get(key)?.stringValue;
  if (text !== undefined) tags.delete(key);
  return text;
}

/** Namespaces whose attributes describe what makes spans, never a span. */
const resourceKey = /^(service|telemetry|process|host|os|k8s|container|cloud|deployment|faas|device)\./;

/** Only from OpenTelemetry, which is known by these tags: from others, `host.name` may mean anything. */
export function takeResource(tags: Tags, serviceName: string): KeyValue[] {
  const resource: KeyValue[] = serviceName === '' ? [] : [{ key: 'service.name', value: { stringValue: serviceName } }];
  if (!tags.has('service.name') && !tags.has('telemetry.sdk.name')) return resource;
  if (tags.get('service.name')?.stringValue === serviceName) tags.delete('service.name');
  for (const [key, value] of tags) {
    if (!resourceKey.test(key) || (key === 'service.name' && serviceName !== '')) continue;
    resource.push({ key, value });
    tags.delete(key);
  }
  return resource;
}

/** `otel.library.*` are the older names; exporters give both, with the same values. */
export function takeScope(tags: Tags): InstrumentationScope {
  const scope: InstrumentationScope = {};
  if (tags.size === 0) return scope;
  const name = takeEither(tags, 'otel.scope.name', 'otel.library.name');
  const version = takeEither(tags, 'otel.scope.version', 'otel.library.version');
  if (name) scope.name = name;
  if (version) scope.version = version;
  return scope;
}

function takeEither(tags: Tags, key: string, olderKey: string): string | undefined {
  const text = take(tags, key);
  if (text === undefined) return take(tags, olderKey);
  if (tags.get(olderKey)?.stringValue === text) tags.delete(olderKey);
  return text;
}

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

function takeKind(tags: Tags): SpanKindNumber {
  const kind = kinds.indexOf(tags.get('span.kind')?.stringValue?.toLowerCase() ?? '');
  if (kind < 0) return 0;
  tags.delete('span.kind');
  return kind as SpanKindNumber;
}

const okCodes = new Set(['OK', 'STATUS_CODE_OK']);
const errorCodes = new Set(['ERROR', 'STATUS_CODE_ERROR']);

function takeStatus(tags: Tags): Span['status'] {
  const code = tags.get('otel.status_code')?.stringValue?.toUpperCase() ?? '';
  const isOk = okCodes.has(code);
  const isError = errorCodes.has(code);
  if (isOk || isError) tags.delete('otel.status_code');
  if (isOk) return statusOf(1, take(tags, 'otel.status_description'));
  const failure = failureOf(tags.get('error'));
  if (!isError && failure === undefined) return undefined;
  return statusOf(2, takeMessage(tags, failure));
}

function statusOf(code: StatusCodeNumber, message: string | undefined): NonNullable<Span['status']> {
  return message ? { code, message } : { code };
}

/** What the tag `error` says of the failure, '' if no more than that there was one; undefined if there was none. */
function failureOf(error: AnyValue | undefined): string | undefined {
  if (error?.boolValue === true || error?.stringValue === 'true') return '';
  return error?.stringValue === 'false' ? undefined : error?.stringValue;
}

/** A description of its own comes first; then an error that says something else stays a tag. */
function takeMessage(tags: Tags, failure: string | undefined): string | undefined {
  const description = take(tags, 'otel.status_description');
  if (failure !== undefined && (!description || failure === '' || failure === description)) tags.delete('error');
  return description || failure;
}

function takeCount(tags: Tags, key: string): number {
  const text = tags.get(key)?.stringValue ?? '';
  if (!/^\d{1,10}$/.test(text) || Number(text) > 0xffff_ffff) return 0;
  tags.delete(key);
  return Number(text);
}
