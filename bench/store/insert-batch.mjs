import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeBatch, writeBatch } from './built.mjs';

const directory = mkdtempSync(join(tmpdir(), 'sightline-bench-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));

/** What an encoder's `finish` gave, by way of files, as the server has it. */
export async function insertBatch(store, batch) {
  const files = writeBatch(directory, batch);
  await store.insertSpans(files);
  await removeBatch(files);
}
