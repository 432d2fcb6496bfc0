/** What a person has to know, and can do, while the server takes no spans, or finds none. */
import type { SpoolStatus, StatusResponse } from '@sightline/wire';
import { sizeText } from './size-text.ts';

export interface SpoolNotice {
  /** What happens. */
  title: string;
  /** Why, and the way out. */
  text: string;
}

/** Undefined while all is well. */
export function spoolNotice({
  spool,
  storeProblem,
}: Pick<StatusResponse, 'spool' | 'storeProblem'>): SpoolNotice | undefined {
  if (storeProblem !== undefined) return { title: 'The database does not answer.', text: storeProblem };
  if (spool === undefined || spool.state === 'ok') return undefined;
  return {
    title: 'New spans are turned away.',
    text: `${spool.state === 'full' ? whyFull(spool) : whyLow(spool)} Senders are told to try again later.`,
  };
}

function whyFull({ sizeBytes, maxBytes }: SpoolStatus): string {
  return (
    `The last did not fit: ${sizeText(sizeBytes)} of the ${sizeText(maxBytes)} that may wait for the database are ` +
    'taken. The server’s log says what keeps the database; --spool-max gives more room.'
  );
}

function whyLow({ diskFreeBytes = 0, diskTotalBytes = 0 }: SpoolStatus): string {
  return (
    `The disk has ${sizeText(diskFreeBytes)} of ${sizeText(diskTotalBytes)} left, and 5 % have to stay free: ` +
    'free some of it, or keep less with --max-disk or --retention.'
  );
}
