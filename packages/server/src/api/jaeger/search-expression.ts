/**
 * A search of Jaeger's as a query in TraceQL's tree. A tag may stand on the span, its resource, its scope, one of its
 * events or one of its links, and is asked for by its text, so each place is asked for each type that the text can be of.
 */
import { isDouble, isInt64 } from '../../query/attribute-filter.ts';
import type {
  BinaryOperation,
  ComparisonOperator,
  Field,
  FieldExpression,
  IntrinsicName,
  Literal,
  SpansetQuery,
} from '../../query/traceql/ast.ts';
import { jaegerKinds, kindNumber } from './span-tags.ts';
import type { Tag, TraceSearch } from './trace-search.ts';

/** Nobody wrote it. */
const nowhere = { from: 0, to: 0 };
const places = ['span', 'resource', 'event', 'link', 'instrumentation'] as const;

export function searchExpression(asked: TraceSearch): SpansetQuery {
  const conditions = conditionsOf(asked);
  const filter = {
    kind: 'spanset-filter' as const,
    ...(conditions.length > 0 && { condition: join('&&', conditions) }),
    ...nowhere,
  };
  return { kind: 'search', pipeline: { kind: 'pipeline', stages: [filter], ...nowhere }, hints: [], ...nowhere };
}

function conditionsOf({ service, operation, minDurationNano, maxDurationNano, tags }: TraceSearch): FieldExpression[] {
  return [
    ...(service === undefined ? [] : [compare(attribute('resource', 'service.name'), '=', text(service))]),
    ...(operation === undefined ? [] : [compare(intrinsic('span:name'), '=', text(operation))]),
    ...(minDurationNano === undefined ? [] : [compare(duration, '>=', nano(minDurationNano))]),
    ...(maxDurationNano === undefined ? [] : [compare(duration, '<=', nano(maxDurationNano))]),
    ...tags.map(tagCondition),
  ];
}

function tagCondition(tag: Tag): FieldExpression {
  return fieldCondition(tag) ?? anywhere(tag);
}

function anywhere({ key, value }: Tag): FieldExpression {
  const literals = literalsOf(value);
  return join(
    '||',
    placesOf(key).flatMap((place) => literals.map((literal) => compare(place, '=', literal))),
  );
}

/** Some of Jaeger's tags are fields of a span in OTLP. */
function fieldCondition({ key, value }: Tag): FieldExpression | undefined {
  switch (key) {
    case 'error':
      return errorCondition(value);
    case 'otel.status_code':
    case 'span.status':
      return statusCondition(value);
    case 'span.kind':
      return kindCondition(value);
    case 'otel.scope.name':
    case 'otel.library.name':
    case 'scope.name':
      return compare(intrinsic('instrumentation:name'), '=', text(value));
    case 'otel.scope.version':
    case 'otel.library.version':
    case 'scope.version':
      return compare(intrinsic('instrumentation:version'), '=', text(value));
    default:
      return undefined;
  }
}

/** As Jaeger has it: what is not an error is not one, whether it says that it is well or nothing. */
function errorCondition(value: string): FieldExpression {
  const isError = /^(1|t|true)$/i.test(value);
  return compare(intrinsic('span:status'), isError ? '=' : '!=', {
    kind: 'literal',
    type: 'status',
    value: 'error',
    ...nowhere,
  });
}

function statusCondition(value: string): FieldExpression {
  const status = (['ok', 'error'] as const).find((one) => one === value.toLowerCase()) ?? 'unset';
  return compare(intrinsic('span:status'), '=', { kind: 'literal', type: 'status', value: status, ...nowhere });
}

function kindCondition(value: string): FieldExpression {
  const kind = jaegerKinds[kindNumber(value) ?? 0] || 'unspecified';
  return compare(intrinsic('span:kind'), '=', { kind: 'literal', type: 'kind', value: kind, ...nowhere });
}

/** `resource.host.name` means that place only. */
function placesOf(key: string): Field[] {
  const ofResource = /^resource\.(.+)$/.exec(key)?.[1];
  if (ofResource !== undefined) return [attribute('resource', ofResource)];
  return places.map((place) => attribute(place, key));
}

/** A whole number is one among floats, too. */
function literalsOf(value: string): Literal[] {
  const literals: Literal[] = [text(value)];
  if (isInt64(value)) literals.push({ kind: 'literal', type: 'int', value: BigInt(value), ...nowhere });
  else if (isDouble(value)) literals.push({ kind: 'literal', type: 'float', value: Number(value), ...nowhere });
  else if (value === 'true' || value === 'false') {
    literals.push({ kind: 'literal', type: 'bool', value: value === 'true', ...nowhere });
  }
  return literals;
}

const duration = intrinsic('span:duration');

function attribute(scope: (typeof places)[number], name: string): Field {
  return { kind: 'attribute', scope, name, ...nowhere };
}

function intrinsic(name: IntrinsicName): Field {
  return { kind: 'intrinsic', name, ...nowhere };
}

function text(value: string): Literal {
  return { kind: 'literal', type: 'string', value, ...nowhere };
}

function nano(value: bigint): Literal {
  return { kind: 'literal', type: 'duration', value, ...nowhere };
}

function compare(left: Field, operator: ComparisonOperator, right: Literal): BinaryOperation {
  return { kind: 'binary', operator, left, right, ...nowhere };
}

/** @param conditions not none */
function join(operator: '&&' | '||', conditions: readonly FieldExpression[]): FieldExpression {
  return conditions.reduce((left, right) => ({ kind: 'binary', operator, left, right, ...nowhere }));
}
