/** For tests: values, and when one compares with another. */
import type { AnyValue } from '@sightline/wire';
import { RE2JS } from 're2js';
import type { NumericValue } from './arithmetic.ts';
import type { ComparisonOperator } from './ast.ts';

export type Value =
  | NumericValue
  | { type: 'string' | 'status' | 'kind'; value: string }
  | { type: 'bool'; value: boolean }
  | { type: 'list'; items: Value[] }
  /** Bytes and lists of pairs: they are there, and equal nothing. */
  | { type: 'opaque'; value: AnyValue };

/** OTLP's empty value is no value. */
export function readValue(any: AnyValue | undefined): Value | undefined {
  if (any?.stringValue !== undefined) return { type: 'string', value: any.stringValue };
  if (any?.boolValue !== undefined) return { type: 'bool', value: any.boolValue };
  if (any?.intValue !== undefined) return { type: 'int', value: BigInt(any.intValue) };
  if (any?.doubleValue !== undefined) return { type: 'float', value: Number(any.doubleValue) };
  if (any?.arrayValue) {
    const items = any.arrayValue.values.map(readValue).filter((item) => item !== undefined);
    return { type: 'list', items };
  }
  return any && Object.keys(any).length > 0 ? { type: 'opaque', value: any } : undefined;
}

export function isNumeric(value: Value | undefined): value is NumericValue {
  return value?.type === 'int' || value?.type === 'float' || value?.type === 'duration';
}

/**
 * Only what is of one kind compares, numbers of all types by their value. An array equals what one of its elements
 * equals, and is unequal where all of them are; two arrays do not compare.
 */
export function compares(operator: ComparisonOperator, left: Value, right: Value): boolean {
  if (left.type === 'list' && right.type === 'list') return false;
  if (left.type === 'list') return ofItems(operator, left.items, (item) => compares(operator, item, right));
  if (right.type === 'list') return ofItems(operator, right.items, (item) => compares(operator, left, item));
  if (isNumeric(left) && isNumeric(right)) return compareOrdered(operator, left.value, right.value);
  if (left.type === 'opaque' || right.type === 'opaque' || left.type !== right.type) return false;
  if (left.type === 'string') return compareStrings(operator, left.value, String(right.value));
  return compareEqual(operator, left.value === right.value);
}

function ofItems(operator: ComparisonOperator, items: Value[], holds: (item: Value) => boolean): boolean {
  return operator === '!=' || operator === '!~' ? items.every(holds) : items.some(holds);
}

function compareStrings(operator: ComparisonOperator, left: string, right: string): boolean {
  if (operator === '=~') return compilePattern(right).matches(left);
  if (operator === '!~') return !compilePattern(right).matches(left);
  return compareOrdered(operator, Buffer.compare(Buffer.from(left), Buffer.from(right)), 0);
}

/** As ClickHouse matches: the whole text, and `.` also for a line's end. */
function compilePattern(pattern: string): RE2JS {
  return RE2JS.compile(pattern, RE2JS.DOTALL);
}

function compareEqual(operator: ComparisonOperator, isEqual: boolean): boolean {
  return (operator === '=' && isEqual) || (operator === '!=' && !isEqual);
}

/** Integers and floats compare exactly, however large they are. */
function compareOrdered(operator: ComparisonOperator, left: bigint | number, right: bigint | number): boolean {
  const isEqual = left >= right && left <= right;
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      return compareEqual(operator, isEqual);
  }
}

/** Equal for equal values of one type. In its order are the series that `topk` finds equal, so it is that of `labelsKey`. */
export function keyOf(value: Value | undefined): string {
  return (
    JSON.stringify(value, (_, part) => (typeof part === 'bigint' || typeof part === 'number' ? String(part) : part)) ??
    'nil'
  );
}
