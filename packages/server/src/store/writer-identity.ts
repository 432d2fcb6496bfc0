/**
 * Who writes: a number in a file of the data directory, drawn once. Batches are numbered by the clock; where several servers
 * share a ClickHouse, this keeps their numbers apart.
 */
import { randomInt } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from '../spool/directory.ts';

const largest = 2 ** 32 - 1;

/** @returns from 1 to 2^32 − 1 */
export async function writerIdentity(dataDir: string): Promise<number> {
  const text = await readFile(join(dataDir, fileName), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const known = Number(text);
  return Number.isInteger(known) && known > 0 && known <= largest ? known : renewWriterIdentity(dataDir);
}

const fileName = 'writer-id';

/** Only while nothing waits in the spool: what was sent under the old number could not be recognised any more. */
export async function renewWriterIdentity(dataDir: string): Promise<number> {
  const drawn = randomInt(1, largest + 1);
  await writeDurably(join(dataDir, fileName), `${drawn}\n`);
  await syncDirectory(dataDir);
  return drawn;
}

/** Renamed into place: read whole or not at all. */
async function writeDurably(path: string, text: string): Promise<void> {
  const draft = await open(`${path}.new`, 'w');
  await draft.writeFile(text);
  await draft.sync();
  await draft.close();
  await rename(`${path}.new`, path);
}
