import { once } from 'node:events';
import { createServer } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeHeaders, encodeHeaders } from './hpack.ts';

test('what is encoded is decoded, whatever its length', () => {
  const name = fc.stringMatching(/^x-[a-z-]{1,200}$/);
  const value = fc.stringMatching(/^[ -~]{0,500}$/);
  fc.assert(
    fc.property(fc.dictionary(name, value), (headers) => {
      expect(Object.fromEntries(decodeHeaders(encodeHeaders(Object.entries(headers))))).toEqual(headers);
    }),
  );
});

test('what nghttp2 encodes is decoded: all of printable ASCII, but for what its code makes longest', async () => {
  const text = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))
    .filter((c) => c !== '\\')
    .join('');
  // Digits are what its code shortens most, so that it shortens the whole.
  const value = `0${text}${'0'.repeat(200)}`;
  const server = createServer().listen(0, '127.0.0.1');
  server.on('stream', (stream) => {
    stream.respond({ ':status': 200, 'grpc-message': value, 'grpc-status': '14' }, { endStream: true });
  });
  await once(server, 'listening');
  const headers = decodeHeaders(await firstHeaders((server.address() as AddressInfo).port));
  expect(Object.fromEntries(headers)).toMatchObject({ ':status': '200', 'grpc-message': value, 'grpc-status': '14' });
  server.close();
});

/** The block of the first answer to a request that is made of bytes. */
async function firstHeaders(port: number): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1');
  const request = encodeHeaders([
    [':method', 'GET'],
    [':scheme', 'http'],
    [':path', '/'],
    [':authority', 'localhost'],
  ]);
  const settings = Buffer.from([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]); // HEADER_TABLE_SIZE = 0
  socket.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), settings]));
  socket.write(Buffer.concat([Buffer.from([0, 0, request.length, 1, 5, 0, 0, 0, 1]), request]));
  let received = Buffer.alloc(0);
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk as Buffer]);
    for (let at = 0; at + 9 <= received.length; at += 9 + received.readUIntBE(at, 3)) {
      const end = at + 9 + received.readUIntBE(at, 3);
      if (received[at + 3] !== 1 || end > received.length) continue;
      socket.destroy();
      return received.subarray(at + 9, end);
    }
  }
  throw new Error('no headers came');
}

test('a reference to a table that is not kept is an error, as is a block that ends too early', () => {
  expect(() => decodeHeaders(Buffer.from([0x80 | 62]))).toThrow('refers to an earlier one');
  expect(() => decodeHeaders(Buffer.from([0, 5, 65]))).toThrow('ends too early');
});
