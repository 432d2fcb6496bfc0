import type { SpoolStatus } from '@sightline/wire';
import { expect, test } from 'vitest';
import { spoolNotice } from './spool-notice.ts';

const spool: SpoolStatus = { state: 'ok', sizeBytes: 1.92e9, maxBytes: 2e9, segmentCount: 119, refusedRequests: 7 };

test('while spans are taken there is nothing to say', () => expect(spoolNotice({ spool })).toBeUndefined());

test('a full spool: what waits, why, and the way out', () => {
  expect(spoolNotice({ spool: { ...spool, state: 'full' } })).toEqual({
    title: 'New spans are turned away.',
    text:
      'The last did not fit: 1.9 GB of the 2 GB that may wait for the database are taken. The server’s log says what ' +
      'keeps the database; --spool-max gives more room. Senders are told to try again later.',
  });
});

test('a disk that is nearly full: what is left, and the way out', () => {
  const low: SpoolStatus = { ...spool, state: 'disk-low', diskFreeBytes: 4.2e9, diskTotalBytes: 256e9 };
  expect(spoolNotice({ spool: low })?.text).toBe(
    'The disk has 4.2 GB of 256 GB left, and 5 % have to stay free: free some of it, or keep less with --max-disk ' +
      'or --retention. Senders are told to try again later.',
  );
});

test('a database that does not answer comes first, in its own words', () => {
  expect(spoolNotice({ spool: { ...spool, state: 'full' }, storeProblem: 'It cannot be reached.' })).toEqual({
    title: 'The database does not answer.',
    text: 'It cannot be reached.',
  });
});
