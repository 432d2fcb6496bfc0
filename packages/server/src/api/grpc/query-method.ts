/** A gRPC method that asks the store: its messages as objects, its errors as gRPC has them, and an end when the client leaves. */
import { type Message, readProtobuf, writeProtobuf } from '@sightline/wire';

import type { GrpcMethod } from '../../grpc/run-method.ts';
import { type GrpcCode, GrpcError, grpcCode } from '../../grpc/status.ts';
import { type ReadableStore, type Store, withQueryOptions } from '../../store/store.ts';
import { failureOf } from '../failure.ts';

export interface MethodTypes {
  request: Message;
  response: Message;
}

/** The store, for what is answered quickly and for what may take long; both until the client leaves. */
export interface Asked {
  lookup: ReadableStore;
  search: ReadableStore;
}

export function unaryQuery<Request>(
  store: Store,
  types: MethodTypes,
  answer: (request: Request, asked: Asked) => Promise<object>,
): GrpcMethod {
  return {
    kind: 'unary',
    types,
    async handle(bytes, signal) {
      const request = readProtobuf(bytes, types.request) as Request;
      try {
        return writeProtobuf(types.response, await answer(request, askedOf(store, signal)));
      } catch (error) {
        throw grpcErrorOf(error);
      }
    },
  };
}

/** @param answer gives the bytes of each response, because what is large is cut by its bytes */
export function streamQuery<Request>(
  store: Store,
  types: MethodTypes,
  answer: (request: Request, asked: Asked) => AsyncIterable<Uint8Array>,
): GrpcMethod {
  return {
    kind: 'server-stream',
    types,
    async *handle(bytes, signal) {
      const request = readProtobuf(bytes, types.request) as Request;
      try {
        yield* answer(request, askedOf(store, signal));
      } catch (error) {
        throw grpcErrorOf(error);
      }
    },
  };
}

function askedOf(store: Store, signal: AbortSignal): Asked {
  return {
    lookup: withQueryOptions(store, { kind: 'lookup', signal }),
    search: withQueryOptions(store, { kind: 'search', signal }),
  };
}

/** By the status that HTTP has for it. */
const codes: Record<number, GrpcCode> = {
  400: grpcCode.invalidArgument,
  404: grpcCode.notFound,
  422: grpcCode.resourceExhausted,
  503: grpcCode.unavailable,
};

function grpcErrorOf(error: unknown): unknown {
  const failure = failureOf(error);
  const code = failure && codes[failure.status];
  return code === undefined ? error : new GrpcError(code, failure?.message ?? '');
}
