/** What a field of a span stands for, once the span has been read. */
import type { AnyValue } from '@sightline/wire';
import type { NumericValue } from './arithmetic.ts';
import type { Attribute, Field, IntrinsicName, KindLiteral, StatusLiteral } from './ast.ts';
import type { SpanFacts } from './span-facts.ts';

/** `list`: each of its items counts. */
export type Value =
  | NumericValue
  | { type: 'string'; value: string }
  | { type: 'bool'; value: boolean }
  | { type: 'status'; value: StatusLiteral['value'] }
  | { type: 'kind'; value: KindLiteral['value'] }
  | { type: 'list'; items: Value[] };

/** A span among the others of its trace. */
export interface TracedSpan extends SpanFacts {
  parent: TracedSpan | undefined;
  /** Its place in the trace. */
  index: number;
  childCount: number;
  nestedSet: { left: number; right: number; parent: number };
  trace: { root: SpanFacts | undefined; durationNano: bigint };
}

export const statusNames = ['unset', 'ok', 'error'] as const;
export const kindNames = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;

/** @returns undefined where the span has none */
export function fieldValue(field: Field, span: TracedSpan): Value | undefined {
  if (field.kind === 'intrinsic') return intrinsics[field.name](span);
  if (!field.parent) return attributeOf(field, span);
  return span.parent && attributeOf(field, span.parent);
}

function attributeOf({ scope, name }: Attribute, span: SpanFacts): Value | undefined {
  switch (scope) {
    case 'span':
      return fromAnyValue(span.span.get(name));
    case 'resource':
      return fromAnyValue(span.resource.get(name));
    case 'any':
      return fromAnyValue(span.span.get(name) ?? span.resource.get(name));
    case 'instrumentation':
      return fromAnyValue(span.scope.get(name));
    case 'event':
      return listOf(span.events.map(({ attributes }) => fromAnyValue(attributes.get(name))));
    case 'link':
      return listOf(span.links.map(({ attributes }) => fromAnyValue(attributes.get(name))));
  }
}

const intrinsics: Readonly<Record<IntrinsicName, (span: TracedSpan) => Value | undefined>> = {
  'span:name': ({ name }) => text(name),
  'span:status': ({ status }) => ({ type: 'status', value: statusNames[status] }),
  'span:statusMessage': ({ statusMessage }) => text(statusMessage),
  'span:kind': ({ kind }) => ({ type: 'kind', value: kindNames[kind] }),
  'span:duration': ({ durationNano }) => duration(durationNano),
  'span:id': ({ spanId }) => text(spanId),
  'span:parentID': ({ parentSpanId }) => text(parentSpanId),
  'span:childCount': ({ childCount }) => integer(childCount),
  'trace:id': ({ traceId }) => text(traceId),
  'trace:duration': ({ trace }) => duration(trace.durationNano),
  'trace:rootName': ({ trace }) => trace.root && text(trace.root.name),
  'trace:rootService': ({ trace }) => trace.root && text(trace.root.service),
  'event:name': ({ events }) => listOf(events.map(({ name }) => text(name))),
  'event:timeSinceStart': ({ events, startUnixNano }) =>
    listOf(events.map(({ timeUnixNano }) => duration(timeUnixNano - startUnixNano))),
  'link:traceID': ({ links }) => listOf(links.map(({ traceId }) => text(traceId))),
  'link:spanID': ({ links }) => listOf(links.map(({ spanId }) => text(spanId))),
  'instrumentation:name': ({ scopeName }) => text(scopeName),
  'instrumentation:version': ({ scopeVersion }) => text(scopeVersion),
  nestedSetLeft: ({ nestedSet }) => integer(nestedSet.left),
  nestedSetRight: ({ nestedSet }) => integer(nestedSet.right),
  nestedSetParent: ({ nestedSet }) => integer(nestedSet.parent),
};

function text(value: string): Value {
  return { type: 'string', value };
}

function duration(value: bigint): Value {
  return { type: 'duration', value };
}

function integer(value: number): Value {
  return { type: 'int', value: BigInt(value) };
}

function listOf(values: readonly (Value | undefined)[]): Value | undefined {
  const items = values.flatMap((value) => (value?.type === 'list' ? value.items : value ? [value] : []));
  return items.length === 0 ? undefined : { type: 'list', items };
}

/** Maps and bytes cannot be compared with anything, and so are not there. */
function fromAnyValue(value: AnyValue | undefined): Value | undefined {
  if (value === undefined) return undefined;
  if (value.stringValue !== undefined) return text(value.stringValue);
  if (value.intValue !== undefined) return { type: 'int', value: BigInt(value.intValue) };
  if (value.doubleValue !== undefined) return { type: 'float', value: Number(value.doubleValue) };
  if (value.boolValue !== undefined) return { type: 'bool', value: value.boolValue };
  return (
    value.arrayValue && { type: 'list', items: value.arrayValue.values.flatMap((item) => fromAnyValue(item) ?? []) }
  );
}

/** As it is answered with. */
export function toAnyValue(value: Value): AnyValue {
  switch (value.type) {
    case 'list':
      return { arrayValue: { values: value.items.map(toAnyValue) } };
    case 'bool':
      return { boolValue: value.value };
    case 'int':
    case 'duration':
      return { intValue: String(value.value) };
    case 'float':
      return { doubleValue: Number.isFinite(value.value) ? value.value : (String(value.value) as 'NaN') };
    default:
      return { stringValue: value.value };
  }
}
