/**
 * The W3C `traceparent` header:
 *
 *     00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03
 *     │  │                                │                └ flags, from 53: 1 sampled, 2 the trace id is random
 *     │  │                                └ the caller's span id, from 36
 *     │  └ trace id, from 3
 *     └ version; a later one may have more behind a dash at 55
 *
 * @see https://www.w3.org/TR/trace-context-2/#traceparent-header
 */
import { digitAt, isLowerHex, readTraceId, readWord } from './ids.ts';
import { knownFlags, NonRecordingSpan } from './non-recording-span.ts';
import { normalizeTraceState, trimBlanks } from './trace-state.ts';

const length = 55;
const dash = 0x2d;

/** @returns undefined where the header is not valid; then `traceState` counts for nothing either */
export function readTraceParent(header: string, traceState: string): NonRecordingSpan | undefined {
  const text = trimBlanks(header);
  if (!isWellFormed(text)) return undefined;
  const span = new NonRecordingSpan(
    readTraceId(text, 3),
    readWord(text, 36),
    readWord(text, 44),
    digitAt(text, 54) & knownFlags,
    true,
    normalizeTraceState(traceState),
  );
  return span.isValid() ? span : undefined;
}

export function formatTraceParent(span: NonRecordingSpan): string {
  return `00-${span.traceId.hex()}-${span.spanIdHex()}-0${span.flags}`;
}

function isWellFormed(text: string): boolean {
  return hasKnownLength(text) && hasDashes(text) && hasHexFields(text);
}

function hasKnownLength(text: string): boolean {
  if (text.startsWith('ff')) return false;
  return text.length === length || (text.length > length && !text.startsWith('00') && text.charCodeAt(length) === dash);
}

function hasDashes(text: string): boolean {
  return text.charCodeAt(2) === dash && text.charCodeAt(35) === dash && text.charCodeAt(52) === dash;
}

function hasHexFields(text: string): boolean {
  return isLowerHex(text, 0, 2) && isLowerHex(text, 3, 35) && isLowerHex(text, 36, 52) && isLowerHex(text, 53, length);
}
