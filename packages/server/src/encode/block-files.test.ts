import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTraces } from '@sightline/wire';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { assertIsThere, BlockGone, clearBlockDirectory, removeBatch, writeBatch } from './block-files.ts';
import type { NativeBlock } from './native-block.ts';
import type { SpanBatch } from './span-batch.ts';
import { SpanEncoder } from './span-encoder.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sightline-blocks-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const span = {
  traceId: 'ab'.repeat(16),
  spanId: 'cd'.repeat(8),
  name: 'n',
  startTimeUnixNano: '1',
  endTimeUnixNano: '2',
};

function batch(): SpanBatch<NativeBlock> {
  const encoder = new SpanEncoder();
  encoder.append(writeTraces({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }));
  return encoder.finish(1_763_800_000_123);
}

test("a batch's files have what its pieces have, and go with it", async () => {
  const blocks = batch();
  const files = writeBatch(directory, blocks);
  for (const table of ['spans', 'spanNames', 'attributeKeys', 'spanMetrics'] as const) {
    await assertIsThere(files[table]);
    expect(await readFile(files[table].path)).toEqual(Buffer.concat(blocks[table].pieces));
    expect(files[table]).toMatchObject({ columns: blocks[table].columns, rowCount: blocks[table].rowCount });
  }
  await removeBatch(files);
  expect(await readdir(directory)).toEqual([]);
  await expect(assertIsThere(files.spans)).rejects.toBeInstanceOf(BlockGone);
});

test('a batch that cannot be written whole leaves nothing behind', async () => {
  const blocks = batch();
  const unwritable = { ...blocks.spanMetrics, pieces: [undefined as unknown as Uint8Array] };
  expect(() => writeBatch(directory, { ...blocks, spanMetrics: unwritable })).toThrow();
  expect(await readdir(directory)).toEqual([]);
});

test('what an earlier process left is gone when the next one begins', async () => {
  await writeFile(join(directory, '1-1-spans.native'), 'x');
  clearBlockDirectory(directory);
  expect(await readdir(directory)).toEqual([]);
  clearBlockDirectory(join(directory, 'new'));
  expect(await readdir(directory)).toEqual(['new']);
});
