import { expect, test } from 'vitest';
import { methodName, parseHost, plainAddress, redactCredentials, redactQuery } from './http-attributes.ts';

test.each([
  ['example.com', 'example.com', 80],
  ['example.com:8080', 'example.com', 8080],
  ['[::1]:8080', '::1', 8080],
  ['[::1]', '::1', 80],
  ['example.com:', 'example.com', 80],
  ['example.com:nonsense', 'example.com', 80],
])('the host of %s is %s, its port %i', (text, host, port) => expect(parseHost(text, 80)).toEqual({ host, port }));

test.each([
  ['https://user:password@host/a@b?c=@', 'https://REDACTED:REDACTED@host/a@b?c=@'],
  ['https://user@host', 'https://REDACTED:REDACTED@host'],
  ['https://us@er:pw@host?q', 'https://REDACTED:REDACTED@host?q'],
  ['https://host/a@b', 'https://host/a@b'],
  ['https://host?a@b', 'https://host?a@b'],
])('%s is shown as %s', (url, shown) => expect(redactCredentials(url)).toBe(shown));

test.each([
  ['/a?sig=abc&x=1', '/a?sig=REDACTED&x=1'],
  ['/a?x=1&Signature=a%3D&AWSAccessKeyId=k', '/a?x=1&Signature=REDACTED&AWSAccessKeyId=REDACTED'],
  ['/a?X-Goog-Signature=s#f', '/a?X-Goog-Signature=REDACTED#f'],
  ['/sig=abc', '/sig=abc'],
  ['/a?design=1', '/a?design=1'],
])('the query of %s is shown as %s', (url, shown) => expect(redactQuery(url)).toBe(shown));

test.each([
  ['GET', 'GET'],
  ['get', 'HTTP'],
  ['BREW', 'HTTP'],
])('a span of method %s is called %s', (method, name) => expect(methodName(method)).toBe(name));

test.each([
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['::1', '::1'],
])('the address %s is shown as %s', (address, shown) => expect(plainAddress(address)).toBe(shown));
