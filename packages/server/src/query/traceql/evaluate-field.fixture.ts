/**
 * For tests: what is said of one span. A field has candidates: the span's and the resource's attribute where the query
 * names no scope, those of all events, of all links. A comparison holds if it holds for one of them; whatever else
 * needs a value takes the first.
 */
import type { KeyValue, SpanEvent, SpanLink } from '@sightline/wire';
import { calculate, negate } from './arithmetic.ts';
import type { Attribute, BinaryOperation, Field, FieldExpression, IntrinsicName, Literal } from './ast.ts';
import { completeId, idDigits } from './ids.ts';
import { attributeOf, type ModelSpan, type ModelTrace, rootsOf } from './trace-model.fixture.ts';
import { compares, isNumeric, readValue, type Value } from './value.fixture.ts';

/** Where an expression is evaluated. */
export interface Place {
  trace: ModelTrace;
  node: ModelSpan;
}

const yes: Value = { type: 'bool', value: true };
const no: Value = { type: 'bool', value: false };

export function isTrue(expression: FieldExpression, place: Place): boolean {
  return candidates(expression, place).some((value) => compares('=', value, yes));
}

export function evaluate(expression: FieldExpression, place: Place): Value | undefined {
  switch (expression.kind) {
    case 'attribute':
    case 'intrinsic':
      return candidates(expression, place)[0];
    case 'literal':
      return literalValue(expression);
    case 'exists':
      return bool(candidates(expression.operand, place).length > 0 !== expression.negated);
    case 'unary':
      if (expression.operator === '!') {
        return bool(candidates(expression.operand, place).some((value) => compares('=', value, no)));
      }
      return negated(evaluate(expression.operand, place));
    case 'binary':
      return evaluateBinary(expression, place);
  }
}

function bool(value: boolean): Value {
  return value ? yes : no;
}

function negated(value: Value | undefined): Value | undefined {
  return isNumeric(value) ? negate(value) : undefined;
}

function literalValue({ type, value }: Literal): Value {
  return { type, value } as Value;
}

function evaluateBinary(expression: BinaryOperation, place: Place): Value | undefined {
  const { operator, left, right } = expression;
  switch (operator) {
    case '&&':
      return bool(isTrue(left, place) && isTrue(right, place));
    case '||':
      return bool(isTrue(left, place) || isTrue(right, place));
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '^': {
      const [a, b] = [evaluate(left, place), evaluate(right, place)];
      return isNumeric(a) && isNumeric(b) ? calculate(operator, a, b) : undefined;
    }
    default: {
      const completed = operator === '=' || operator === '!=' ? withWholeIds(expression) : expression;
      const rights = candidates(completed.right, place);
      return bool(candidates(completed.left, place).some((a) => rights.some((b) => compares(operator, a, b))));
    }
  }
}

function withWholeIds(expression: BinaryOperation): BinaryOperation {
  const { left, right } = expression;
  return { ...expression, left: wholeId(left, idDigits(right)), right: wholeId(right, idDigits(left)) };
}

function wholeId(expression: FieldExpression, digits: number | undefined): FieldExpression {
  const isText = expression.kind === 'literal' && expression.type === 'string';
  return isText && digits ? { ...expression, value: completeId(expression.value, digits) } : expression;
}

function candidates(expression: FieldExpression, place: Place): Value[] {
  if (expression.kind === 'attribute') return attributeCandidates(expression, place).filter(isPresent);
  if (expression.kind === 'intrinsic') return intrinsicCandidates(expression.name, place).filter(isPresent);
  return [evaluate(expression, place)].filter(isPresent);
}

function isPresent(value: Value | undefined): value is Value {
  return value !== undefined;
}

function attributeCandidates({ parent, ...attribute }: Attribute, { trace, node }: Place): (Value | undefined)[] {
  if (!parent) return listsOf(attribute, node).map((list) => readValue(attributeOf(list, attribute.name)));
  const parents = trace.spans.filter(({ span }) => span.spanId === node.span.parentSpanId);
  return parents.flatMap((each) => attributeCandidates(attribute, { trace, node: each }));
}

function listsOf({ scope }: Attribute, { span, resource, scope: { attributes = [] } }: ModelSpan): KeyValue[][] {
  switch (scope) {
    case 'any':
      return [span.attributes ?? [], resource];
    case 'span':
      return [span.attributes ?? []];
    case 'resource':
      return [resource];
    case 'instrumentation':
      return [attributes];
    case 'event':
      return (span.events ?? []).map((event) => event.attributes ?? []);
    case 'link':
      return (span.links ?? []).map((link) => link.attributes ?? []);
  }
}

const statuses = ['unset', 'ok', 'error'] as const;
const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;

function intrinsicCandidates(name: IntrinsicName, { trace, node }: Place): (Value | undefined)[] {
  const { span, scope } = node;
  const events = <Result>(read: (event: SpanEvent) => Result): Result[] => (span.events ?? []).map(read);
  const links = <Result>(read: (link: SpanLink) => Result): Result[] => (span.links ?? []).map(read);
  const [root] = rootsOf(trace.spans);
  switch (name) {
    case 'span:name':
      return [text(span.name)];
    case 'span:status':
      return [{ type: 'status', value: statuses[span.status?.code ?? 0] }];
    case 'span:statusMessage':
      return [text(span.status?.message ?? '')];
    case 'span:kind':
      return [{ type: 'kind', value: kinds[span.kind ?? 0] }];
    case 'span:duration':
      return [duration(node.duration)];
    case 'span:id':
      return [text(span.spanId)];
    case 'span:parentID':
      return [span.parentSpanId ? text(span.parentSpanId) : undefined];
    case 'span:childCount':
      return [int(trace.spans.filter((other) => other.span.parentSpanId === span.spanId).length)];
    case 'trace:id':
      return [text(trace.traceId)];
    case 'trace:duration':
      return [duration(traceDuration(trace))];
    case 'trace:rootName':
      return [root && text(root.span.name)];
    case 'trace:rootService':
      return [root && text(serviceOf(root))];
    case 'event:name':
      return events((event) => text(event.name));
    case 'event:timeSinceStart':
      return events((event) => duration(BigInt(event.timeUnixNano) - node.start));
    case 'link:traceID':
      return links((link) => text(link.traceId));
    case 'link:spanID':
      return links((link) => text(link.spanId));
    case 'instrumentation:name':
      return [text(scope.name ?? '')];
    case 'instrumentation:version':
      return [text(scope.version ?? '')];
    case 'nestedSetLeft':
      return [int(node.left)];
    case 'nestedSetRight':
      return [int(node.right)];
    case 'nestedSetParent':
      return [int(node.parent)];
  }
}

function text(value: string): Value {
  return { type: 'string', value };
}

function int(value: number): Value {
  return { type: 'int', value: BigInt(value) };
}

function duration(value: bigint): Value {
  return { type: 'duration', value };
}

function traceDuration({ spans }: ModelTrace): bigint {
  const ends = spans.map((node) => node.start + node.duration);
  const latest = ends.reduce((a, b) => (a > b ? a : b), 0n);
  return latest - (spans[0]?.start ?? 0n);
}

function serviceOf({ resource }: ModelSpan): string {
  return attributeOf(resource, 'service.name')?.stringValue ?? '(no service.name)';
}

/** Every attribute of the span and its resource that has one value, for a comparison of all of them. */
export function scalarFields({ span, resource }: ModelSpan): { field: Field; value: Value }[] {
  const of = (scope: 'span' | 'resource', attributes: readonly KeyValue[]): { field: Field; value: Value }[] =>
    attributes.flatMap(({ key, value: any }) => {
      const value = readValue(any);
      if (value === undefined || value.type === 'list' || value.type === 'opaque') return [];
      return [{ field: { kind: 'attribute', scope, name: key, from: 0, to: 0 }, value }];
    });
  return [...of('span', span.attributes ?? []), ...of('resource', resource)];
}
