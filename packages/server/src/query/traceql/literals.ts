/** Strings and numbers as a query writes them, and back. */
import { parseDuration } from '@sightline/wire';
import type { Located, NumericLiteral, StringLiteral } from './ast.ts';
import { QueryError } from './query-error.ts';

export const maxInt64: bigint = 2n ** 63n - 1n;
export const minInt64: bigint = -(2n ** 63n);

const escapes: Record<string, string> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};
const escapeSequence = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([\s\S]))/g;

/** In double quotes with Go's escapes, or in backticks without any. */
export function readString(text: string, at: Located): StringLiteral {
  const { from, to } = at;
  const inner = text.slice(1, -1);
  const value = text.startsWith('`')
    ? inner
    : inner.replace(escapeSequence, (...groups) => readEscape(groups, from + 1));
  return { kind: 'literal', type: 'string', value, from, to };
}

function readEscape(groups: unknown[], from: number): string {
  const [found, x, u, U, character, offset] = groups as [string, string?, string?, string?, string?, number?];
  const codePoint = Number.parseInt(x ?? u ?? U ?? '', 16);
  const value = character === undefined ? fromCodePoint(codePoint, x !== undefined) : escapes[character];
  if (value !== undefined) return value;
  const at = from + (offset ?? 0);
  const message = `${found} is no escape in a string: write \\\\ for a backslash, or put the string in backticks.`;
  throw new QueryError(message, { from: at, to: at + found.length });
}

/** `\x` is a byte: alone it is a character only below 128. */
function fromCodePoint(codePoint: number, isByte: boolean): string | undefined {
  const isSurrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
  return codePoint > (isByte ? 0x7f : 0x10_ffff) || isSurrogate ? undefined : String.fromCodePoint(codePoint);
}

/** `200`, `0.5`, `.99`, `1e6`, `1h30m` */
export function readNumber(text: string, at: Located): NumericLiteral {
  const { from, to } = at;
  if (/^\d+$/.test(text)) return { kind: 'literal', type: 'int', value: checkInt64(BigInt(text), at), from, to };
  if (/^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) {
    return { kind: 'literal', type: 'float', value: checkFinite(Number(text), at), from, to };
  }
  const nano = parseDuration(text);
  if (nano === undefined) throw new QueryError(noNumber(text), at);
  return { kind: 'literal', type: 'duration', value: checkInt64(nano, at), from, to };
}

function noNumber(text: string): string {
  return `${text} is neither a number nor a duration: units are ns, us, ms, s, m, h and d, as in 250ms, 1.5s or 1h30m. A text stands in double quotes.`;
}

/** @throws QueryError */
export function checkInt64(value: bigint, at: Located): bigint {
  if (BigInt.asIntN(64, value) === value) return value;
  throw new QueryError(`${value} is beyond 64 bits: integers and nanoseconds end at ±${maxInt64}.`, at);
}

/** @throws QueryError */
export function checkFinite(value: number, at: Located): number {
  if (Number.isFinite(value)) return value;
  throw new QueryError('This number is too large for a float of 64 bits.', at);
}

export function printString(value: string): string {
  return `"${value.replace(/["\\\n\r\t]/g, (character) => printEscape[character] ?? character)}"`;
}

const printEscape: Record<string, string> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

export function printNumber(literal: NumericLiteral): string {
  if (literal.type === 'float') return printFloat(literal.value);
  if (literal.type === 'duration') return printDuration(literal.value);
  if (literal.value === minInt64) return 'minInt';
  return String(literal.value);
}

/** A float keeps a point or an exponent, so that it is read as one. */
export function printFloat(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

const units: readonly (readonly [unit: string, nano: bigint])[] = [
  ['h', 3_600_000_000_000n],
  ['m', 60_000_000_000n],
  ['s', 1_000_000_000n],
  ['ms', 1_000_000n],
  ['us', 1_000n],
  ['ns', 1n],
];

/** In the largest unit that needs no fraction: `90s`, `1500ms`. */
export function printDuration(nano: bigint): string {
  const [unit, unitNano] = units.find(([, each]) => nano % each === 0n) ?? (['ns', 1n] as const);
  return nano === 0n ? '0s' : `${nano / unitNano}${unit}`;
}
