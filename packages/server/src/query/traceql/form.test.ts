import { parseDuration } from '@sightline/wire';
import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SpansetQuery } from './ast.ts';
import { type Form, formOf, queryOf } from './form.ts';
import { printDuration } from './literals.ts';
import { parseQuery } from './parse.ts';
import { printQuery } from './print.ts';

test.each<[Form, string]>([
  [{}, '{ }'],
  [{ service: 'shop', name: 'GET "/"' }, '{ resource.service.name = "shop" && span:name = "GET \\"/\\"" }'],
  [{ service: '(no service.name)' }, '{ resource.service.name = nil }'],
  [
    { status: 'error', minDuration: '1500ms', maxDuration: '2s' },
    '{ span:status = error && span:duration >= 1500ms && span:duration <= 2s }',
  ],
  [
    { attribute: ['http.route=/a=b', 'span.k=', 'resource.k=x'] },
    '{ .http.route = "/a=b" && span.k = "" && resource.k = "x" }',
  ],
  [{ attribute: ['k=500'], name: 'a' }, '{ span:name = "a" && (.k = "500" || .k = 500) }'],
  [{ attribute: ['k=500', 'k=true'] }, '{ (.k = "500" || .k = 500) && (.k = "true" || .k = true) }'],
  [{ attribute: ['k=-1.5e3'] }, '{ .k = "-1.5e3" || .k = -1500.0 }'],
])('%j is said as a query, and read back', (form, text) => {
  const query = queryOf(form) as SpansetQuery;
  expect(printQuery(query)).toBe(text);
  expect(formOf(parseQuery(text) as SpansetQuery)).toEqual(form);
});

test.each([
  [
    'both ways round',
    '{ (.k = "500" || .k = 500) && name = "a" && duration <= 1s }',
    { name: 'a', attribute: ['k=500'], maxDuration: '1s' },
  ],
  [
    'however && is nested',
    '{ name = "a" && (status = ok && .k = "x") }',
    { name: 'a', status: 'ok', attribute: ['k=x'] },
  ],
  [
    'a second service as an attribute',
    '{ resource.service.name = "a" && resource.service.name = "b" }',
    { service: 'a', attribute: ['resource.service.name=b'] },
  ],
])('a query is a form %s', (_, query, form) => expect(formOf(parseQuery(query) as SpansetQuery)).toEqual(form));

describe('a query is no form where a form would find more, or less', () => {
  test.each([
    '{ .k = 500 }',
    '{ .k = "500" }',
    '{ .k = "500" || .k = 501 }',
    '{ .k = "500" || .k = 500 || .k = true }',
    '{ .k = "x" || .j = "x" }',
    '{ .k != "x" }',
    '{ name = "a" && name = "b" }',
    '{ name =~ "a" }',
    '{ duration > 1s }',
    '{ duration >= 2s && duration <= 1s }',
    '{ duration >= 5 }',
    '{ event.k = "x" }',
    '{ parent.k = "x" }',
    '{ ."span.k" = "x" }',
    '{ span."a=b" = "x" }',
    '{ kind = server }',
    '{ .k != nil }',
    '{ .a = "x" } && { .b = "y" }',
    '{ .a = "x" } | count() > 1',
    `{ ${Array.from({ length: 21 }, (_, index) => `.k${index} = "x"`).join(' && ')} }`,
  ])('%s', (query) => expect(formOf(parseQuery(query) as SpansetQuery)).toBeUndefined());
});

test('a form that no query can say has none', () => {
  expect(queryOf({ attribute: ['k=NaN'] })).toBeUndefined();
  expect(queryOf({ attribute: ['k=-Infinity'] })).toBeUndefined();
});

test('bad fields are refused as in the form', () => {
  expect(() => queryOf({ minDuration: '5' })).toThrow('minDuration="5" is not a duration');
  expect(() => queryOf({ minDuration: '2s', maxDuration: '1s' })).toThrow('no span can be both');
  expect(() => queryOf({ attribute: ['=5'] })).toThrow('is not a condition');
});

test('every form is read back from its query, by way of its text too', () => {
  fc.assert(
    fc.property(formArbitrary, (form) => {
      const query = queryOf(form) as SpansetQuery;
      expect(formOf(query)).toEqual(form);
      expect(formOf(parseQuery(printQuery(query)) as SpansetQuery)).toEqual(form);
    }),
  );
});

const text = fc.string({ unit: 'binary', maxLength: 8 });
const duration = fc.bigInt({ min: 0n, max: 10n ** 12n }).map(printDuration);
const attribute = fc
  .record({
    scope: fc.constantFrom('', 'span.', 'resource.'),
    key: text.filter((key) => key !== '' && !/=|^(?:span|resource)\../.test(key)),
    value: fc.oneof(
      text,
      fc.integer().map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.constantFrom('true', '007', '1e400'),
    ),
  })
  .map(({ scope, key, value }) => `${scope}${key}=${value}`);

const formArbitrary: Arbitrary<Form> = fc
  .record(
    {
      service: fc.oneof(text, fc.constant('(no service.name)')),
      name: text,
      status: fc.constantFrom('ok' as const, 'error' as const, 'unset' as const),
      durations: fc.tuple(duration, fc.option(duration, { nil: undefined })),
      attribute: fc.array(attribute, { minLength: 1, maxLength: 4 }),
    },
    { requiredKeys: [] },
  )
  .map(({ durations, ...rest }): Form => ({ ...rest, ...durationsOf(durations) }));

function durationsOf([first, second]: [first?: string, second?: string | undefined] = []): Form {
  if (first === undefined) return {};
  if (second === undefined) return { minDuration: first };
  const isOrdered = (parseDuration(first) ?? 0n) <= (parseDuration(second) ?? 0n);
  return isOrdered ? { minDuration: first, maxDuration: second } : { minDuration: second, maxDuration: first };
}
