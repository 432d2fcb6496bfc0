import { StoreError, type StoreErrorCode } from './store-error.ts';

/** Rows that the store cannot read are not read the tenth time either. */
const maxAttempts = 10;
/** Of first retries, 200 ms each: half an hour. By then an operator has seen a store that takes nothing at all. */
const patience = 9_000;

export interface Failure {
  error: unknown;
  attempt: number;
  /** Since the first failure, in lengths of the first retry. */
  waited: number;
}

const notOfSegments = new Set<string>([
  'out-of-space',
  'store-unreachable',
  'store-refused',
] satisfies StoreErrorCode[]);

/**
 * Whether it is this segment that keeps the store from taking it, so that it has to make way for others. Others cannot be
 * tried before: batches come to the store in order. A disk that is full, or a server or shard that is away, is never a segment's fault.
 */
export function isSegmentAtFault({ error, attempt, waited }: Failure): boolean {
  const code = error instanceof StoreError ? error.code : isDiskFull(error) ? 'out-of-space' : undefined;
  if (code !== undefined && notOfSegments.has(code)) return false;
  return code === 'rows-refused' ? attempt >= maxAttempts : waited >= patience;
}

/** Where its blocks are written. */
function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
