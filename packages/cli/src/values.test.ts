import { expect, test } from 'vitest';
import { parseBytes, parseLength, parsePort, parseRetention } from './values.ts';

test.each([
  ['0', 0],
  ['4318', 4318],
  ['65535', 65_535],
])('port %s', (text, port) => expect(parsePort(text)).toBe(port));

test.each(['', '-1', '65536', '80a', '0x50', '1e3'])('refuses the port %j', (text) =>
  expect(() => parsePort(text)).toThrow('A port is a number from 0 (a free one) to 65535.'),
);

test.each([
  ['7d', 604_800_000],
  ['1h30m', 5_400_000],
])('length %s', (text, ms) => expect(parseLength(text)).toBe(ms));

test.each(['', '7', 'week', '5ms', '-1d'])('refuses the length %j', (text) =>
  expect(() => parseLength(text)).toThrow('A length of time is written as'),
);

test.each([
  ['20GB', 20e9],
  ['500 mb', 500e6],
  ['1.5TB', 1.5e12],
])('size %s', (text, bytes) => expect(parseBytes(text)).toBe(bytes));

test.each(['', '20', 'GB', '0GB', '-1GB', '5 parsecs'])('refuses the size %j', (text) =>
  expect(() => parseBytes(text)).toThrow('A size is written as'),
);

test('retention: an age, ages of services, several of both in one variable', () => {
  const week = { age: 604_800_000 };
  expect(parseRetention('1d', week)).toEqual({ age: 86_400_000, services: {} });
  const one = parseRetention('a=b=1h', week);
  expect(one).toEqual({ ...week, services: { 'a=b': 3_600_000 } });
  expect(parseRetention('2h,cart=1d', one)).toEqual({
    age: 7_200_000,
    services: { 'a=b': 3_600_000, cart: 86_400_000 },
  });
  expect(() => parseRetention('cart=soon', week)).toThrow('A length of time is written as');
});
