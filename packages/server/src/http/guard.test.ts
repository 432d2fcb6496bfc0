import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import { refusalOf } from './guard.ts';

const ask = (
  host: string | undefined,
  options: { host?: string; authToken?: string } = {},
  authorization?: string,
  path = '/',
) => refusalOf({ host, authorization, path }, { host: '127.0.0.1', ...options })?.status;

describe('the Host header', () => {
  test.each([
    'localhost',
    'localhost:4318',
    'LOCALHOST.',
    'app.localhost:1',
    '127.0.0.1:80',
    '[::1]:4318',
    '192.168.1.7',
    `${hostname()}:1`,
  ])('may be %s', (host) => expect(ask(host)).toBeUndefined());

  test.each(['evil.example', 'evil.example:4318', 'localhost.evil.example', '127.0.0.1.evil.example', '', undefined])(
    'may not be %s',
    (host) => expect(ask(host)).toBe(421),
  );

  test('may be the name that is listened on', () => {
    expect(ask('traces.internal:4318', { host: 'traces.internal' })).toBeUndefined();
    expect(ask('traces.internal:4318')).toBe(421);
  });
});

describe('the token, where one is set', () => {
  const options = { authToken: 'secret' };
  test.each([
    ['Bearer secret', undefined],
    ['bearer secret', undefined],
    [`Basic ${btoa('anyone:secret')}`, undefined],
    ['Bearer wrong', 401],
    ['Bearer', 401],
    [`Basic ${btoa('secret:')}`, 401],
    ['secret', 401],
    [undefined, 401],
  ])('%s', (authorization, status) => expect(ask('localhost', options, authorization)).toBe(status));

  test('is not asked for by health checks', () => {
    expect(ask('localhost', options, undefined, '/healthz')).toBeUndefined();
    expect(ask('localhost', options, undefined, '/metrics')).toBe(401);
  });
});
