import { expect, test } from 'vitest';
import { queryContext } from './query-context.ts';

/** `│` is the cursor. */
function at(marked: string): unknown {
  const cursor = marked.indexOf('│');
  const { from, ...context } = queryContext(marked.replace('│', ''), cursor);
  return { ...context, typed: marked.slice(from, cursor) };
}

test.each([
  ['│', { at: 'spanset', typed: '' }],
  ['{ .a } >> │', { at: 'spanset', typed: '' }],
  ['{ .a } && │', { at: 'spanset', typed: '' }],
  ['(│', { at: 'spanset', typed: '' }],
  ['{│', { at: 'field', inBraces: true, typed: '' }],
  ['{ span.http.ro│ }', { at: 'field', inBraces: true, typed: 'span.http.ro' }],
  ['{ status = error && du│', { at: 'field', inBraces: true, typed: 'du' }],
  ['{ (.a = 1 || │', { at: 'field', inBraces: true, typed: '' }],
  ['{ !│', { at: 'field', inBraces: true, typed: '' }],
  ['{ .a + │', { at: 'field', inBraces: true, typed: '' }],
  ['{ 1 < │', { at: 'field', inBraces: true, typed: '' }],
  ['{ span.http.route │', { at: 'comparison', field: 'span.http.route', typed: '' }],
  ['{ span."a key" │', { at: 'comparison', field: 'span."a key"', typed: '' }],
  ['{ .a = 1 && .b │', { at: 'comparison', field: '.b', typed: '' }],
  ['{ span.http.route = │', { at: 'value', field: 'span.http.route', comparison: '=', typed: '' }],
  ['{ span.http.route =│', { at: 'value', field: 'span.http.route', comparison: '=', typed: '' }],
  ['{ span.http.route != "/ca│', { at: 'value', field: 'span.http.route', comparison: '!=', typed: '"/ca' }],
  ['{ span.http.route = /cart/:i│', { at: 'value', field: 'span.http.route', comparison: '=', typed: '/cart/:i' }],
  ['{ status = er│', { at: 'value', field: 'status', comparison: '=', typed: 'er' }],
  ['{ duration > 10│', { at: 'value', field: 'duration', comparison: '>', typed: '10' }],
  ['{ .a = "x" │', { at: 'next-condition', typed: '' }],
  ['{ .a = .b │', { at: 'next-condition', typed: '' }],
  ['{ (.a = 1) │', { at: 'next-condition', typed: '' }],
  ['{ .a } │', { at: 'next-stage', after: undefined, typed: '' }],
  ['{ .a } | │', { at: 'function', typed: '' }],
  ['{ .a } | ra│', { at: 'function', typed: 'ra' }],
  ['{ .a } | rate() │', { at: 'next-stage', after: 'rate', typed: '' }],
  ['{ .a } | rate() by (│', { at: 'field', inBraces: false, typed: '' }],
  ['{ .a } | select(.a, sp│', { at: 'field', inBraces: false, typed: 'sp' }],
  ['{ .a } | quantile_over_time(│', { at: 'field', inBraces: false, typed: '' }],
  ['{ .a } | quantile_over_time(duration, │', { at: 'nothing', typed: '' }],
  ['{ .a } | count() > │', { at: 'nothing', typed: '' }],
  ['{ .a } | count() > 2 │', { at: 'next-stage', after: undefined, typed: '' }],
  ['{ .a } | compare(│', { at: 'spanset', typed: '' }],
  ['{ .a } | compare({ │', { at: 'field', inBraces: true, typed: '' }],
  ['{ .a } | rate() with (│', { at: 'hint', typed: '' }],
  ['{ .a = "in { braces" && │', { at: 'field', inBraces: true, typed: '' }],
])('%s', (query, context) => {
  expect(at(query)).toEqual(context);
});
