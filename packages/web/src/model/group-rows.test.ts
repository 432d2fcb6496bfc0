import type { SpanGroup } from '@sightline/wire';
import { expect, test } from 'vitest';
import { formWithGroup, groupText, sortGroups } from './group-rows.ts';

const group = (value: string | null, spanCount: number, errorCount: number, p95Nano: number): SpanGroup => ({
  value: value === null ? null : { stringValue: value },
  spanCount,
  errorCount,
  ratePerSecond: 1,
  p50Nano: String(p95Nano / 2),
  p95Nano: String(p95Nano),
  p99Nano: String(p95Nano),
});
const groups = [group('v10', 10, 5, 1e6), group('v9', 100, 1, 9e6), group(null, 5, 0, 5e6)];

test.each([
  ['count', false, ['v9', 'v10', '(none)']],
  ['count', true, ['(none)', 'v10', 'v9']],
  ['value', false, ['(none)', 'v9', 'v10']],
  ['errors', false, ['v10', 'v9', '(none)']],
  ['p95', false, ['v9', '(none)', 'v10']],
] as const)('by %s, reversed: %s', (by, reversed, texts) => {
  expect(sortGroups(groups, by, reversed).map(({ value }) => groupText(value))).toEqual(texts);
});

test('a group narrows the form where it has a field for it', () => {
  const value = { stringValue: '/cart' };
  expect(formWithGroup({ tag: ['a=b'] }, 'span.http.route', value)).toEqual({ tag: ['a=b', 'span.http.route=/cart'] });
  expect(formWithGroup({}, 'resource.service.name', { stringValue: 'shop' })).toEqual({ service: 'shop' });
  expect(formWithGroup({ service: 'shop' }, 'name', { stringValue: 'GET /' })).toEqual({
    service: 'shop',
    name: 'GET /',
  });
});

test('what has no field, or no value, needs a query', () => {
  expect(formWithGroup({}, 'kind', { stringValue: 'server' })).toBeUndefined();
  expect(formWithGroup({}, 'span.http.route', null)).toBeUndefined();
  expect(formWithGroup({ q: '{ }' }, 'span.http.route', { stringValue: '/cart' })).toBeUndefined();
});
