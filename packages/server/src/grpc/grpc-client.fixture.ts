/** The official client, with bytes for messages; and a client that can do what no client should. */
import { once } from 'node:events';
import { connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';
import { type CallOptions, Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { onTestFinished } from 'vitest';
import { frameHeader } from './frames.ts';

const bytes = (message: Buffer): Buffer => message;

export function grpcClient(url: string, options: object = {}): Client {
  const client = new Client(new URL(url).host, credentials.createInsecure(), options);
  onTestFinished(() => client.close());
  return client;
}

export interface UnaryOutcome {
  message?: Buffer;
  error?: ServiceError;
}

export function callUnary(
  client: Client,
  path: string,
  request: Uint8Array,
  { headers = {}, ...options }: CallOptions & { headers?: Record<string, string> } = {},
): Promise<UnaryOutcome> {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return new Promise((resolve) => {
    client.makeUnaryRequest(path, bytes, bytes, Buffer.from(request), metadata, options, (error, message) =>
      resolve(error ? { error } : { ...(message && { message }) }),
    );
  });
}

/** A body as it is, in the chunks that are given. @returns headers and trailers in one, and what came between them */
export async function callRaw(
  url: string,
  path: string,
  chunks: readonly Uint8Array[],
  headers: OutgoingHttpHeaders = {},
): Promise<{ headers: IncomingHttpHeaders; body: Buffer }> {
  const session = connect(url);
  onTestFinished(() => session.destroy());
  const stream = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', ...headers });
  const received: IncomingHttpHeaders = {};
  const body: Buffer[] = [];
  stream.on('response', (response) => Object.assign(received, response));
  stream.on('trailers', (trailers) => Object.assign(received, trailers));
  stream.on('data', (chunk: Buffer) => body.push(chunk));
  stream.on('error', () => undefined);
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await once(stream, 'close');
  return { headers: received, body: Buffer.concat(body) };
}

export function frame(message: Uint8Array, isCompressed = false): Buffer {
  return Buffer.concat([frameHeader(isCompressed, message.length), message]);
}
