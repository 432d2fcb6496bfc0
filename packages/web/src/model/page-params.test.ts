import { expect, test } from 'vitest';
import { readMapState, readServicesState, sortedBy } from './page-params.ts';

test('the services page reads its URL, without what is the default or makes no sense', () => {
  expect(readServicesState({ sort: 'p95', reversed: 'true', last: '6h' })).toEqual({
    sort: 'p95',
    reversed: true,
    last: '6h',
  });
  expect(readServicesState({ sort: 'rate', reversed: 'no', last: '1h' })).toEqual({});
  expect(readServicesState({ sort: 'luck' })).toEqual({});
});

test('a click sorts, a second one turns around, a third one turns back', () => {
  const once = sortedBy({ last: '6h' }, 'p99');
  expect(once).toEqual({ last: '6h', sort: 'p99' });
  const twice = sortedBy(once, 'p99');
  expect(twice).toEqual({ last: '6h', sort: 'p99', reversed: true });
  expect(sortedBy(twice, 'p99')).toEqual(once);
  expect(sortedBy(twice, 'rate')).toEqual({ last: '6h' });
  expect(sortedBy({}, 'rate')).toEqual({ reversed: true });
});

test('the map reads its URL; hops mean nothing without a focus', () => {
  expect(readMapState({ focus: 'shop', hops: '2', all: 'true' })).toEqual({ focus: 'shop', hops: 2, all: true });
  expect(readMapState({ focus: '', hops: '2' })).toEqual({});
});
