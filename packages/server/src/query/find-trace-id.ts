/** The trace that somebody means by its id, or by as much of it as they copied. */
import type { ReadableStore } from '../store/store.ts';
import { InvalidParameter } from './invalid-parameter.ts';

/** What begins with the same digits as several traces. */
export class AmbiguousTraceId extends Error {
  readonly code = 'ambiguous-trace-id';
  readonly field = 'traceId';
}

const idDigits = 32;
const shortIdDigits = 16;
const leastDigits = 4;
const named = 5;

/**
 * @param text the 32 hex digits of an id, the 16 that some clients write where its first half is zero, or the first 4
 *   or more of either
 * @returns 32 hex digits; whether such a trace is stored is known only where `text` was a beginning
 * @throws InvalidParameter, AmbiguousTraceId
 */
export async function findTraceId(store: ReadableStore, text: string): Promise<string> {
  const digits = text.toLowerCase();
  if (!/^[0-9a-f]{4,32}$/.test(digits)) {
    throw new InvalidParameter(
      'invalid-trace-id',
      'traceId',
      `${JSON.stringify(text)} is not a trace id: give its 32 hex digits, or the first ${leastDigits} of them or more.`,
    );
  }
  if (digits.length === idDigits) return digits;
  const found = await findBeginnings(store, digits);
  if (found.length > 1) throw new AmbiguousTraceId(ambiguity(digits, found));
  return found[0] ?? digits.padStart(idDigits, '0');
}

/** With and without the zeros that short ids begin with. A 64-bit id in full means that trace, whatever else begins so. */
async function findBeginnings(store: ReadableStore, digits: string): Promise<string[]> {
  if (digits.length === shortIdDigits) {
    const short = await findBetween(store, digits.padStart(idDigits, '0'));
    if (short.length > 0) return short;
  }
  const [long, short] = await Promise.all([
    findBetween(store, digits),
    digits.length < shortIdDigits ? findBetween(store, '0'.repeat(shortIdDigits) + digits) : [],
  ]);
  return [...new Set([...long, ...short])];
}

async function findBetween(store: ReadableStore, beginning: string): Promise<string[]> {
  const rows = await store.query<{ traceId: string }>(
    `SELECT DISTINCT lower(hex(trace_id)) AS traceId FROM spans
     PREWHERE trace_id BETWEEN unhex({first:String}) AND unhex({last:String})
     ORDER BY traceId LIMIT {limit:UInt32}`,
    { first: beginning.padEnd(idDigits, '0'), last: beginning.padEnd(idDigits, 'f'), limit: named + 1 },
  );
  return rows.map(({ traceId }) => traceId);
}

function ambiguity(digits: string, found: readonly string[]): string {
  const ids = found.slice(0, named).join(', ');
  return `Several traces begin with ${digits}: ${ids}${found.length > named ? ', and more' : ''}. Give more digits.`;
}
