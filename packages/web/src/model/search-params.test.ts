import { expect, test } from 'vitest';
import { loosenings } from './loosen.ts';
import { parseQuery, readSearchState, searchParameters, stringifyQuery, withForm, withQuery } from './search-params.ts';
import { timeRange } from './time-range.ts';

const now = Date.UTC(2026, 5, 5, 12, 0, 0);

test('a URL becomes state, and state the same URL', () => {
  const url =
    '?service=shop&tag=http.route%3D%2Fcart&tag=user%3D7&min=20ms&status=error&last=6h&limit=200&order=longest&live=true';
  const state = readSearchState(parseQuery(url));
  expect(state).toEqual({
    service: 'shop',
    tag: ['http.route=/cart', 'user=7'],
    min: '20ms',
    status: 'error',
    last: '6h',
    limit: 200,
    order: 'longest',
    live: true,
  });
  expect(readSearchState(parseQuery(stringifyQuery({ ...state })))).toEqual(state);
});

test('defaults stay out of the URL, and what makes no sense is dropped', () => {
  expect(readSearchState({ last: '1h', limit: '50', order: 'newest', scale: 'log' })).toEqual({});
  expect(
    readSearchState({ last: '3 weeks', limit: '7', order: 'random', status: 'bad', tag: 'no-equals', from: 'soon' }),
  ).toEqual({});
});

test('numbers that look like text stay text: a service may be called 42', () => {
  expect(readSearchState(parseQuery('?service=42'))).toEqual({ service: '42' });
});

test('the API is asked for the range as it is now', () => {
  expect(searchParameters({ service: 'shop', tag: ['a=b'], max: '2s', last: '15m' }, now)).toEqual({
    service: 'shop',
    attribute: ['a=b'],
    maxDuration: '2s',
    start: '2026-06-05T11:45:00.000Z',
    limit: 50,
  });
});

test('a custom range wins over a preset', () => {
  const state = readSearchState({ last: '6h', from: '2026-06-01T10:00:00Z', to: '2026-06-01T11:00:00Z' });
  expect(state).toEqual({ from: '2026-06-01T10:00:00.000Z', to: '2026-06-01T11:00:00.000Z' });
  expect(timeRange(state, now)).toEqual({ start: '2026-06-01T10:00:00.000Z', end: '2026-06-01T11:00:00.000Z' });
});

test('a search that found nothing suggests wider ranges first, then fewer conditions', () => {
  const suggestions = loosenings({ service: 'shop', tag: ['a=b', 'c=d'], min: '1500ms' });
  expect(suggestions.map(({ label }) => label)).toEqual([
    'Look at the last 24 hours',
    'Look at the last 7 days',
    'Drop the tag a=b',
    'Drop the tag c=d',
    'Allow spans shorter than 1.5 s',
    'Any service instead of shop',
  ]);
  expect(suggestions[2]?.state).toEqual({ service: 'shop', tag: ['c=d'], min: '1500ms' });
  expect(loosenings({ last: '7d' })).toEqual([]);
});

test('a query stands in place of the form, whatever else the URL says', () => {
  const state = readSearchState(parseQuery('?q=%7B+.a+%7D&service=shop&min=5ms&plot=heatmap&by=span.http.route'));
  expect(state).toEqual({ q: '{ .a }', plot: 'heatmap', by: 'span.http.route' });
  expect(searchParameters({ ...state, last: '15m' }, now)).toEqual({
    q: '{ .a }',
    start: '2026-06-05T11:45:00.000Z',
    limit: 50,
  });
});

test('form and query take each other’s place, and the rest of the page stays', () => {
  const form = { service: 'shop', tag: ['a=b'], min: '5ms', last: '6h', order: 'longest' } as const;
  const asQuery = withQuery({ ...form, tag: [...form.tag] }, '{ .a }');
  expect(asQuery).toEqual({ q: '{ .a }', last: '6h', order: 'longest' });
  expect(withForm(asQuery, { service: 'shop', attribute: ['a=b'], minDuration: '5ms' })).toEqual(form);
  expect(withForm(asQuery, { attribute: [] })).toEqual({ last: '6h', order: 'longest' });
});
