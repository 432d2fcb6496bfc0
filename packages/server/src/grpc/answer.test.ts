import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, onTestFinished, test } from 'vitest';
import { Answer } from './answer.ts';
import { callRaw } from './grpc-client.fixture.ts';

test('an empty message stays what it is although memory is collected before it is sent', async () => {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  const kept: Buffer[] = [];
  const server = createServer();
  server.on('stream', async (stream) => {
    stream.resume();
    // Between the writes and the sending: here, Node holds what was written by its address alone.
    stream.prependListener('wantTrailers', () => {
      collect();
      for (let i = 0; i < 2000; i++) kept.push(Buffer.alloc(5, 0xee));
    });
    const answer = new Answer(stream, undefined);
    await answer.send(new Uint8Array(0));
    answer.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (let i = 0; i < 20; i++) expect((await callRaw(url, '/', [])).body).toEqual(Buffer.alloc(5));
});
