import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BlockFile, writeBatch } from '../encode/block-files.ts';
import type { NativeBlock } from '../encode/native-block.ts';
import type { SpanBatch } from '../encode/span-batch.ts';
import { SpanEncoder } from '../encode/span-encoder.ts';
import { readSealed } from '../spool/read-sealed.ts';
import type { WriterEncoder } from './writer.ts';

const directory = mkdtempSync(join(tmpdir(), 'sightline-blocks-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));

/** A batch as a store takes it. Those of several writers may have the same number. */
export function inFiles(batch: SpanBatch<NativeBlock>): SpanBatch<BlockFile> {
  return writeBatch(mkdtempSync(join(directory, 'batch-')), batch);
}

/** The encoder's work without its thread. */
export function encoderHere(spoolDirectory: string): WriterEncoder {
  return {
    async encode(segment, filter) {
      const { payloads, corrupt } = await readSealed(spoolDirectory, segment);
      const spans = new SpanEncoder();
      for (const payload of payloads) spans.append(payload, filter);
      const isEmpty = spans.spanCount === 0;
      return { batch: isEmpty ? undefined : inFiles(spans.finish(segment.number)), corrupt, cpuSeconds: 0 };
    },
  };
}
