import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface FakeOtlp {
  address: string;
  requestBytes: number[];
}

/** A receiver that answers as it is told to, and keeps nothing but how much came. */
export async function fakeOtlp(
  answer: (response: ServerResponse, count: number, request: IncomingMessage) => void,
): Promise<FakeOtlp> {
  const requestBytes: number[] = [];
  const server = createServer((request, response) => {
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
    });
    request.on('end', () => answer(response, requestBytes.push(size), request));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requestBytes };
}
