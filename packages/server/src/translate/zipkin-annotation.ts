/**
 * An annotation as an event. Zipkin's annotations have no attributes, so exporters of OpenTelemetry write those
 * of an event into its name, each in its way; they are read back:
 *
 *   "retry": {"attempt":2}      the specification, Java (without the quotes: Go)
 *   {"retry": {"attempt": 2}}   Python
 *   retry|{"attempt":2}|0       the collector; the number is that of the dropped attributes
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/zipkin/#events
 */
import type { KeyValue, SpanEvent } from '@sightline/wire';
import type { JsonAttributes } from './json-attributes.ts';
import type { ZipkinAnnotation } from './zipkin-span.ts';

export function eventOf({ unixNano, value }: ZipkinAnnotation, json: JsonAttributes): SpanEvent {
  return { timeUnixNano: String(unixNano), ...(nameAndAttributes(value, json) ?? { name: value }) };
}

type Named = Pick<SpanEvent, 'name' | 'attributes' | 'droppedAttributesCount'>;

function nameAndAttributes(value: string, json: JsonAttributes): Named | undefined {
  if (value.startsWith('{')) return fromObject(value, json);
  if (value.endsWith('}')) return fromMember(value, json);
  return /\|\d{1,9}$/.test(value.slice(-10)) ? fromCollector(value, json) : undefined;
}

/** `{"name": {…}}` */
function fromObject(value: string, json: JsonAttributes): Named | undefined {
  const members = json.read(value);
  const only = members?.length === 1 ? members[0] : undefined;
  return only?.value.kvlistValue && named(only.key, only.value.kvlistValue.values);
}

/** `"name": {…}`, `name: {…}` */
function fromMember(value: string, json: JsonAttributes): Named | undefined {
  const brace = value.indexOf('{');
  const head = value.slice(0, brace).trimEnd();
  if (!head.endsWith(':')) return undefined;
  const name = head.slice(0, -1).trimEnd();
  const isQuoted = name.length > 1 && name.startsWith('"') && name.endsWith('"');
  return named(isQuoted ? name.slice(1, -1) : name, json.read(value.slice(brace)));
}

/** `name|{…}|0` */
function fromCollector(value: string, json: JsonAttributes): Named | undefined {
  const start = value.indexOf('|{');
  const end = value.lastIndexOf('|');
  if (start < 0 || start >= end) return undefined;
  const event = named(value.slice(0, start), json.read(value.slice(start + 1, end)));
  const dropped = Number(value.slice(end + 1));
  return event && dropped > 0 ? { ...event, droppedAttributesCount: dropped } : event;
}

function named(name: string, attributes: KeyValue[] | undefined): Named | undefined {
  return attributes && { name, ...(attributes.length > 0 ? { attributes } : {}) };
}
