import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attributeField, attributeOf, equals, quoted, unquoted } from './traceql-values.ts';

test('what was quoted reads back as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(unquoted(quoted(text))).toBe(text);
    }),
  );
});

test('a field names its attribute, whatever is in the key', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'binary' }), (key) => {
      expect(attributeOf(attributeField('span', key))).toEqual({ scope: 'span', key });
    }),
  );
  expect(attributeField('resource', 'service.name')).toBe('resource.service.name');
  expect(attributeOf('.http.route')).toEqual({ scope: undefined, key: 'http.route' });
  expect(attributeOf('duration')).toBeUndefined();
});

test('a literal that is still being typed has the text so far', () => {
  expect(unquoted('"/ca')).toBe('/ca');
  expect(unquoted('"a\\"b\\\\"')).toBe('a"b\\');
  expect(unquoted('`/ca')).toBe('/ca');
});

test.each([
  ['span.http.route', { stringValue: '/cart' }, 'span.http.route = "/cart"'],
  ['span.code', { intValue: '404' }, 'span.code = 404'],
  ['span.ratio', { doubleValue: 0.5 }, 'span.ratio = 0.5'],
  ['span.ok', { boolValue: false }, 'span.ok = false'],
  ['span.gone', null, 'span.gone = nil'],
  ['status', { stringValue: 'error' }, 'status = error'],
  ['span.list', { arrayValue: { values: [] } }, undefined],
] as const)('%s %j', (field, value, condition) => {
  expect(equals(field, value as never)).toBe(condition);
});
