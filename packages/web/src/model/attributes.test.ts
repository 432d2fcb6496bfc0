import { expect, test } from 'vitest';
import { attributeText, groupAttributes, valueType } from './attributes.ts';

test('every type of value has its text, with no digit lost', () => {
  expect(attributeText({ stringValue: 'a' })).toBe('a');
  expect(attributeText({ intValue: '9223372036854775807' })).toBe('9223372036854775807');
  expect(attributeText({ doubleValue: 0.25 })).toBe('0.25');
  expect(attributeText({ doubleValue: 'NaN' })).toBe('NaN');
  expect(attributeText({ boolValue: false })).toBe('false');
  expect(attributeText({ bytesValue: 'AQI=' })).toBe('AQI=');
  expect(attributeText({ arrayValue: { values: [{ stringValue: 'a' }, { intValue: '2' }] } })).toBe('["a",2]');
  expect(attributeText({ kvlistValue: { values: [{ key: 'k', value: { boolValue: true } }] } })).toBe('{"k":true}');
  expect(valueType({})).toBe('empty');
});

test('attributes stand in groups, in order, unknown ones last', () => {
  const attributes = ['zebra', 'http.route', 'db.system.name', 'error.type', 'http.request.method'].map((key) => ({
    key,
    value: { stringValue: 'x' },
  }));
  const groups = groupAttributes(attributes, 'span').map(({ title, attributes: members }) => [
    title,
    members.map(({ key }) => key),
  ]);
  expect(groups).toEqual([
    ['Error', ['error.type']],
    ['HTTP', ['http.request.method', 'http.route']],
    ['Database', ['db.system.name']],
    ['Other', ['zebra']],
  ]);
});
