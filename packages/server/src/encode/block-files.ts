/**
 * Blocks on their way to ClickHouse, as files: what encodes writes them, and what inserts hands them over, so that no other
 * thread ever holds their tens of megabytes. They are not synced: what was not inserted is in the spool.
 */
import { closeSync, mkdirSync, openSync, rmSync, writevSync } from 'node:fs';
import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { NativeBlock } from './native-block.ts';
import type { SpanBatch } from './span-batch.ts';

export interface BlockFile {
  /** Names, in the order of the block. */
  columns: readonly string[];
  rowCount: number;
  path: string;
}

/** Somebody else removed it; it can be made again. */
export class BlockGone extends Error {
  override name = 'BlockGone';
}

/** Empty: what an earlier process left is in the spool, too. */
export function clearBlockDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
}

/** @throws what the disk throws; nothing is left there then */
export function writeBatch(directory: string, batch: SpanBatch<NativeBlock>): SpanBatch<BlockFile> {
  const written: string[] = [];
  const write = (name: string, { columns, rowCount, pieces }: NativeBlock): BlockFile => {
    const path = join(directory, `${batch.receivedAtMs}-${batch.shard}-${name}.native`);
    written.push(path);
    writeAll(path, pieces);
    return { columns, rowCount, path };
  };
  try {
    return {
      ...batch,
      spans: write('spans', batch.spans),
      spanNames: write('names', batch.spanNames),
      attributeKeys: write('keys', batch.attributeKeys),
      spanMetrics: write('metrics', batch.spanMetrics),
    };
  } catch (error) {
    for (const path of written) rmSync(path, { force: true });
    throw error;
  }
}

export async function removeBatch({
  spans,
  spanNames,
  attributeKeys,
  spanMetrics,
}: SpanBatch<BlockFile>): Promise<void> {
  for (const { path } of [spans, spanNames, attributeKeys, spanMetrics]) await rm(path, { force: true });
}

/** @throws BlockGone */
export async function assertIsThere({ path }: BlockFile): Promise<void> {
  await access(path).catch(() => {
    throw new BlockGone(`${path} is gone.`);
  });
}

function writeAll(path: string, pieces: readonly Uint8Array[]): void {
  const file = openSync(path, 'w', 0o600);
  try {
    for (let rest = pieces; rest.length > 0; ) rest = beyond(rest, writevSync(file, rest));
  } finally {
    closeSync(file);
  }
}

/** What is left when so many bytes were written. */
function beyond(pieces: readonly Uint8Array[], sizeBytes: number): readonly Uint8Array[] {
  let left = sizeBytes;
  for (const [at, piece] of pieces.entries()) {
    if (left < piece.length) return [piece.subarray(left), ...pieces.slice(at + 1)];
    left -= piece.length;
  }
  return [];
}
