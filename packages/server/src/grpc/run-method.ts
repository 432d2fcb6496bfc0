/** From a method and an open stream to what it answers. */
import type { ServerHttp2Stream } from 'node:http2';
import type { Message } from '@sightline/wire';
import type { Answer } from './answer.ts';
import { onlyRequestOf, type RequestOptions, requestsOf } from './requests.ts';
import { GrpcError, grpcCode } from './status.ts';

/** What a method throws is a fault of ours, unless it is a GrpcError or a DecodeError. */
export type GrpcMethod = { types?: MethodTypes } /** `signal` aborts when the client leaves. */ & (
  | { kind: 'unary'; handle(request: Buffer, signal: AbortSignal): Uint8Array | Promise<Uint8Array> }
  /** `signal` aborts when the server stops, too. */
  | { kind: 'server-stream'; handle(request: Buffer, signal: AbortSignal): AsyncIterable<Uint8Array> }
  | { kind: 'bidi-stream'; handle(requests: AsyncIterable<Buffer>, signal: AbortSignal): AsyncIterable<Uint8Array> }
);

/** For reflection; the names of the messages are their full ones. */
interface MethodTypes {
  request: Message;
  response: Message;
}

export interface CallContext {
  stream: ServerHttp2Stream;
  answer: Answer;
  requests: RequestOptions;
  /** Until the first message is there. */
  requestTimeoutMs: number;
  /** Those that answer with streams, for as long as they run: they are aborted when the server stops. */
  streamCalls: Set<AbortController>;
}

/** Resolves when the method has answered; its end is not sent yet. @throws what reading the request throws, and the method */
export async function runMethod(method: GrpcMethod, context: CallContext): Promise<void> {
  const { stream, answer, requests: options, requestTimeoutMs } = context;
  // Made only when it is needed: an error's stack takes longer than anything else here.
  const timer = setTimeout(() => answer.end(lateError(requestTimeoutMs)), requestTimeoutMs);
  const arrived = (): void => clearTimeout(timer);
  try {
    if (method.kind === 'bidi-stream') {
      const requests = tapped(requestsOf(stream, options), arrived);
      await answerStream(context, (signal) => method.handle(requests, signal));
      return;
    }
    const request = await onlyRequestOf(stream, options);
    arrived();
    if (method.kind === 'unary') await answer.send(await method.handle(request, leavingOf(stream)));
    else await answerStream(context, (signal) => method.handle(request, signal));
  } finally {
    arrived();
  }
}

function leavingOf(stream: ServerHttp2Stream): AbortSignal {
  const call = new AbortController();
  stream.once('close', () => call.abort());
  return call.signal;
}

const stopping = new GrpcError(grpcCode.unavailable, 'The server is stopping.');

async function answerStream(
  { stream, answer, streamCalls }: CallContext,
  handle: (signal: AbortSignal) => AsyncIterable<Uint8Array>,
): Promise<void> {
  const call = new AbortController();
  streamCalls.add(call);
  stream.once('close', () => call.abort());
  call.signal.addEventListener('abort', () => answer.end(stopping));
  try {
    for await (const message of handle(call.signal)) await answer.send(message);
  } finally {
    streamCalls.delete(call);
  }
}

function lateError(timeoutMs: number): GrpcError {
  return new GrpcError(grpcCode.deadlineExceeded, `No message had arrived after ${timeoutMs / 1000} seconds.`);
}

async function* tapped<T>(items: AsyncIterable<T>, onItem: () => void): AsyncGenerator<T> {
  for await (const item of items) {
    onItem();
    yield item;
  }
}
