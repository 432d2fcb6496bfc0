/**
 * The W3C `tracestate` header: up to 32 members `key=value`, the newest first. Spans keep it as
 * text, since hardly anybody looks inside on its way through.
 *
 * @see https://www.w3.org/TR/trace-context-2/#tracestate-header
 */
import type * as api from '@opentelemetry/api';

const maxMembers = 32;
const maxKeyLength = 256;
const maxValueLength = 256;

type Member = readonly [key: string, value: string];

/**
 * Checks a header and takes out white space, empty members and repeated keys (the first stays).
 * @returns '' where any member is malformed or there are too many: then the whole header counts for nothing
 */
export function normalizeTraceState(header: string): string {
  const members = header === '' ? undefined : readMembers(header);
  return members === undefined ? '' : format(members);
}

/** The API's form of a trace state; a malformed header gives an empty one. */
export function parseTraceState(header: string): api.TraceState {
  return new TraceState(readMembers(header) ?? []);
}

/** Immutable, as the API asks. */
class TraceState implements api.TraceState {
  readonly #members: readonly Member[];

  constructor(members: readonly Member[]) {
    this.#members = members;
  }

  get(key: string): string | undefined {
    return this.#members.find((member) => member[0] === key)?.[1];
  }

  /** A changed or new member goes to the front; the last falls off where there are more than 32. */
  set(key: string, value: string): TraceState {
    if (!isKey(key) || !isValue(value)) return this;
    return new TraceState([[key, value] as const, ...this.#without(key)].slice(0, maxMembers));
  }

  unset(key: string): TraceState {
    return new TraceState(this.#without(key));
  }

  serialize(): string {
    return format(this.#members);
  }

  #without(key: string): Member[] {
    return this.#members.filter((member) => member[0] !== key);
  }
}

function format(members: readonly Member[]): string {
  return members.map(([key, value]) => `${key}=${value}`).join(',');
}

function readMembers(header: string): Member[] | undefined {
  const members = new Map<string, string>();
  let count = 0;
  for (const part of header.split(',')) {
    const text = trimBlanks(part);
    if (text === '') continue;
    const equals = text.indexOf('=');
    const key = text.slice(0, equals);
    const value = text.slice(equals + 1);
    if (++count > maxMembers || equals === -1 || !isKey(key) || !isValue(value)) return undefined;
    if (!members.has(key)) members.set(key, value);
  }
  return [...members];
}

/** A lower-case letter or digit, then those or any of `_-*` + `/@`. */
function isKey(text: string): boolean {
  if (text.length === 0 || text.length > maxKeyLength || !isLetterOrDigit(text.charCodeAt(0))) return false;
  for (let i = 1; i < text.length; i++) {
    if (!isLetterOrDigit(text.charCodeAt(i)) && !'_-*/@'.includes(text.charAt(i))) return false;
  }
  return true;
}

function isLetterOrDigit(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39);
}

/** Printable ASCII without comma and equals sign, not empty, not ending in a space. */
function isValue(text: string): boolean {
  if (text.length === 0 || text.length > maxValueLength || text.endsWith(' ')) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e || code === 0x2c || code === 0x3d) return false;
  }
  return true;
}

/** Without the spaces and tabs around it: what HTTP calls optional white space. */
export function trimBlanks(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
