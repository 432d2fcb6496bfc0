import type { SearchParameters } from '@sightline/wire';
import { describe, expect, test } from 'vitest';
import { parseSearch } from './search-query.ts';

describe('what is asked', () => {
  test.each<[SearchParameters, string, string, string]>([
    [{ minDuration: '5' }, 'invalid-duration', 'minDuration', 'minDuration="5" is not a duration: give a number'],
    [{ minDuration: '2s', maxDuration: '1s' }, 'invalid-duration-range', 'minDuration', 'longer than maxDuration'],
    [{ start: 'yesterday' }, 'invalid-time', 'start', 'start="yesterday" is not a time: give RFC 3339'],
    [{ start: '2026-02-30T99:00:00Z' }, 'invalid-time', 'start', 'not a time'],
    [{ start: '20', end: '10' }, 'invalid-time-range', 'start', 'start (20) lies after end (10)'],
    [{ limit: 0 }, 'invalid-limit', 'limit', 'limit=0 is out of range: give 1 to 1000'],
    [{ limit: 1001 }, 'invalid-limit', 'limit', '1001'],
    [{ attribute: ['user'] }, 'invalid-attribute', 'attribute', 'attribute="user" is not a condition: give key=value'],
    [{ attribute: ['=x'] }, 'invalid-attribute', 'attribute', '"=x"'],
    [{ attribute: Array(21).fill('a=b') }, 'too-many-attributes', 'attribute', 'at most 20'],
    [{ order: 'slowest' as 'longest' }, 'invalid-order', 'order', 'give one of newest, oldest, longest'],
    [{ status: 'bad' as 'ok' }, 'invalid-status', 'status', 'give one of error, ok, unset'],
  ])('%j is refused as %s', (asked, code, field, message) => {
    expect(() => parseSearch(asked)).toThrow(
      expect.objectContaining({ code, field, message: expect.stringContaining(message) }),
    );
  });

  test('times are read to the nanosecond, in both forms', () => {
    const { range } = parseSearch({ start: '2001-09-09T03:46:40.000000001+02:00', end: '1790000000123456789' });
    expect(range).toEqual({ startUnixNano: 1_000_000_000_000_000_001n, endUnixNano: 1_790_000_000_123_456_789n });
  });
});
