/**
 * Where the next page of a search begins, and what the first page saw: its time range, and the
 * time at which the newest span had been received. Later pages look at the same spans, so nothing
 * moves between pages while spans keep coming. Opaque to the client: base64url of a JSON array.
 */
import { createHash } from 'node:crypto';
import { InvalidParameter } from './invalid-parameter.ts';
import type { SearchQuery } from './search-query.ts';
import type { TimeRange } from './time-range.ts';

/** The last trace of the page before, by what traces are sorted by. */
export interface Position {
  key: bigint;
  traceId: string;
}

/** By what traces are sorted by, then by id. */
export function comparePositions(a: Position, b: Position): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return a.traceId < b.traceId ? -1 : a.traceId > b.traceId ? 1 : 0;
}

export interface Snapshot {
  range: TimeRange;
  /** The largest `received_at` that had been counted: later batches have larger ones. */
  receivedUntilMs: number;
}

const version = 1;

export function writeCursor(
  query: SearchQuery,
  { range, receivedUntilMs }: Snapshot,
  { key, traceId }: Position,
): string {
  const { startUnixNano, endUnixNano } = range;
  const fields = [
    version,
    fingerprint(query),
    String(startUnixNano),
    String(endUnixNano),
    receivedUntilMs,
    String(key),
    traceId,
  ];
  return Buffer.from(JSON.stringify(fields)).toString('base64url');
}

/** @throws InvalidParameter where the text is no cursor, or one of another search */
export function readCursor(query: SearchQuery, cursor: string): { snapshot: Snapshot; position: Position } {
  const fields = parseFields(cursor);
  if (!fields) {
    throw invalid('invalid-cursor', `cursor=${JSON.stringify(cursor)} is not one that a search has answered with`);
  }
  const [, ofQuery, start, end, receivedUntilMs, key, traceId] = fields;
  if (ofQuery !== fingerprint(query)) {
    throw invalid('cursor-of-another-search', 'The cursor belongs to a search with other conditions or another order');
  }
  const range = { startUnixNano: BigInt(start), endUnixNano: BigInt(end) };
  return { snapshot: { range, receivedUntilMs }, position: { key: BigInt(key), traceId } };
}

type CursorFields = [
  typeof version,
  query: string,
  start: string,
  end: string,
  received: number,
  key: string,
  id: string,
];

function parseFields(cursor: string): CursorFields | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
  return isCursorFields(value) ? value : undefined;
}

function isCursorFields(value: unknown): value is CursorFields {
  if (!Array.isArray(value) || value.length !== 7) return false;
  const [found, query, start, end, received, key, traceId] = value;
  return (
    found === version &&
    typeof query === 'string' &&
    [start, end, key].every((text) => typeof text === 'string' && /^\d{1,20}$/.test(text)) &&
    Number.isSafeInteger(received) &&
    received >= 0 &&
    /^[0-9a-f]{32}$/.test(traceId)
  );
}

/** Conditions and order, but not the page's size: that may change between pages. */
export function fingerprint({ conditions, traceql, order }: SearchQuery): string {
  const text = JSON.stringify([traceql?.text ?? conditions, order], (_, value) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  return createHash('sha256').update(text).digest('base64url').slice(0, 12);
}

function invalid(code: string, what: string): InvalidParameter {
  return new InvalidParameter(code, 'cursor', `${what}: leave it out to begin with the first page.`);
}
