/** What a field of a span stands for, once the span has been read. */
import type { AnyValue } from '@sightline/wire';
import type { NumericValue } from './arithmetic.ts';
import type { Attribute, Field, IntrinsicName, KindLiteral, StatusLiteral } from './ast.ts';
import type { SpanFacts } from './span-facts.ts';

/** `opaque`: bytes and maps, which are there and compare with nothing. */
export type Value =
  | NumericValue
  | { type: 'string'; value: string }
  | { type: 'bool'; value: boolean }
  | { type: 'status'; value: StatusLiteral['value'] }
  | { type: 'kind'; value: KindLiteral['value'] }
  | { type: 'list'; items: Value[] }
  | { type: 'opaque'; value: AnyValue };

/** A span among the others of its trace. */
export interface TracedSpan extends SpanFacts {
  /** Its place in the trace. */
  index: number;
  nestedSet: { left: number; right: number; parent: number };
  trace: {
    root: SpanFacts | undefined;
    durationNano: bigint;
    /** By their ids, which spans may share; and by the id of their parent. */
    byId: ReadonlyMap<string, readonly TracedSpan[]>;
    children: ReadonlyMap<string, readonly TracedSpan[]>;
  };
}

export const statusNames = ['unset', 'ok', 'error'] as const;
export const kindNames = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;

/** All that it stands for; empty for nil. */
export function fieldValues(field: Field, span: TracedSpan): Value[] {
  if (field.kind === 'intrinsic') return intrinsics[field.name](span);
  if (!field.parent) return attributeValues(field, span);
  return (span.trace.byId.get(span.parentSpanId) ?? []).flatMap((parent) => attributeValues(field, parent));
}

function attributeValues({ scope, name }: Attribute, span: SpanFacts): Value[] {
  switch (scope) {
    case 'span':
      return fromAnyValue(span.span.get(name));
    case 'resource':
      return fromAnyValue(span.resource.get(name));
    case 'any':
      return [...fromAnyValue(span.span.get(name)), ...fromAnyValue(span.resource.get(name))];
    case 'instrumentation':
      return fromAnyValue(span.scope.get(name));
    case 'event':
      return span.events.flatMap(({ attributes }) => fromAnyValue(attributes.get(name)));
    case 'link':
      return span.links.flatMap(({ attributes }) => fromAnyValue(attributes.get(name)));
  }
}

const intrinsics: Readonly<Record<IntrinsicName, (span: TracedSpan) => Value[]>> = {
  'span:name': ({ name }) => [text(name)],
  'span:status': ({ status }) => [{ type: 'status', value: statusNames[status] }],
  'span:statusMessage': ({ statusMessage }) => [text(statusMessage)],
  'span:kind': ({ kind }) => [{ type: 'kind', value: kindNames[kind] }],
  'span:duration': ({ durationNano }) => [duration(durationNano)],
  'span:id': ({ spanId }) => [text(spanId)],
  'span:parentID': ({ parentSpanId }) => (parentSpanId === '' ? [] : [text(parentSpanId)]),
  'span:childCount': ({ spanId, trace }) => [integer(trace.children.get(spanId)?.length ?? 0)],
  'trace:id': ({ traceId }) => [text(traceId)],
  'trace:duration': ({ trace }) => [duration(trace.durationNano)],
  'trace:rootName': ({ trace }) => (trace.root ? [text(trace.root.name)] : []),
  'trace:rootService': ({ trace }) => (trace.root ? [text(trace.root.service)] : []),
  'event:name': ({ events }) => events.map(({ name }) => text(name)),
  'event:timeSinceStart': ({ events, startUnixNano }) =>
    events.map(({ timeUnixNano }) => duration(timeUnixNano - startUnixNano)),
  'link:traceID': ({ links }) => links.map(({ traceId }) => text(traceId)),
  'link:spanID': ({ links }) => links.map(({ spanId }) => text(spanId)),
  'instrumentation:name': ({ scopeName }) => [text(scopeName)],
  'instrumentation:version': ({ scopeVersion }) => [text(scopeVersion)],
  nestedSetLeft: ({ nestedSet }) => [integer(nestedSet.left)],
  nestedSetRight: ({ nestedSet }) => [integer(nestedSet.right)],
  nestedSetParent: ({ nestedSet }) => [integer(nestedSet.parent)],
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

/** @returns one, or none for the empty value */
export function fromAnyValue(value: AnyValue | undefined): Value[] {
  if (value === undefined || Object.keys(value).length === 0) return [];
  if (value.stringValue !== undefined) return [text(value.stringValue)];
  if (value.intValue !== undefined) return [{ type: 'int', value: BigInt(value.intValue) }];
  if (value.doubleValue !== undefined) return [{ type: 'float', value: Number(value.doubleValue) }];
  if (value.boolValue !== undefined) return [{ type: 'bool', value: value.boolValue }];
  return [
    value.arrayValue
      ? { type: 'list', items: value.arrayValue.values.flatMap(fromAnyValue) }
      : { type: 'opaque', value },
  ];
}

/** As it is answered with. */
export function toAnyValue(value: Value): AnyValue {
  switch (value.type) {
    case 'list':
      return { arrayValue: { values: value.items.map(toAnyValue) } };
    case 'opaque':
      return value.value;
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
