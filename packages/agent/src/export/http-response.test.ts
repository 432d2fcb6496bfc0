import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Answer, ResponseReader } from './http-response.ts';

const answers: [name: string, bytes: string, wanted: Pick<Answer, 'status' | 'keepsAlive'> & { body: string }][] = [
  ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', { status: 200, keepsAlive: true, body: 'hello' }],
  ['no body', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', { status: 200, keepsAlive: true, body: '' }],
  ['status 204', 'HTTP/1.1 204 No Content\r\n\r\n', { status: 204, keepsAlive: true, body: '' }],
  [
    'connection: close',
    'HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\nx',
    { status: 200, keepsAlive: false, body: 'x' },
  ],
  ['HTTP/1.0', 'HTTP/1.0 503 Busy\r\nContent-Length: 0\r\n\r\n', { status: 503, keepsAlive: false, body: '' }],
  ['no reason phrase', 'HTTP/1.1 429\r\nContent-Length: 0\r\n\r\n', { status: 429, keepsAlive: true, body: '' }],
  [
    'chunks, with an extension and a trailer',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\nA\r\n0123456789\r\n0\r\nDigest: z\r\n\r\n',
    { status: 200, keepsAlive: true, body: 'hello0123456789' },
  ],
  [
    'a provisional answer first',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    { status: 200, keepsAlive: true, body: 'ok' },
  ],
];

describe.each(answers)('an answer with %s', (_, bytes, wanted) => {
  test('is read however it is cut into pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 8 }), (cuts) => {
        const ends = [...cuts.sort((a, b) => a - b), bytes.length];
        const reader = new ResponseReader();
        const results = ends.map((end, i) => reader.read(Buffer.from(bytes.slice(ends[i - 1] ?? 0, end), 'latin1')));
        const answer = results.at(-1);
        expect(answer && { status: answer.status, keepsAlive: answer.keepsAlive, body: String(answer.body) }).toEqual(
          wanted,
        );
      }),
      { numRuns: 50 },
    );
  });

  test('is not complete before its last byte', () => {
    expect(new ResponseReader().read(Buffer.from(bytes.slice(0, -1), 'latin1'))).toBeUndefined();
  });
});

test('an answer without a length ends with the connection', () => {
  const reader = new ResponseReader();
  expect(reader.read(Buffer.from('HTTP/1.1 200 OK\r\n\r\nhel'))).toBeUndefined();
  expect(reader.read(Buffer.from('lo'))).toBeUndefined();
  expect(reader.end()).toMatchObject({ status: 200, keepsAlive: false, body: Buffer.from('hello') });
});

test('an answer that is cut off is none', () => {
  const reader = new ResponseReader();
  reader.read(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel'));
  expect(reader.end()).toBeUndefined();
});

test('what is not HTTP is refused', () => {
  expect(() => new ResponseReader().read(Buffer.from('SSH-2.0-OpenSSH_9\r\n\r\n'))).toThrow('not HTTP');
  expect(() => new ResponseReader().read(Buffer.alloc(70_000, 'x'))).toThrow('no end of its head');
});
