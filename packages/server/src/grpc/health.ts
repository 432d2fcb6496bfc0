/** @see https://github.com/grpc/grpc/blob/master/doc/health-checking.md */
import { once } from 'node:events';
import { field, type Message, message, readProtobuf, writeProtobuf } from '@sightline/wire';
import type { GrpcServer, GrpcService } from './grpc-server.ts';
import { GrpcError, grpcCode } from './status.ts';

const statuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;

export const healthRequest: Message = message('HealthCheckRequest', field(1, 'service', 'string'));

export const healthResponse: Message = message(
  'HealthCheckResponse',
  field(1, 'status', 'enum', { enum: { name: 'HealthCheckResponse.ServingStatus', values: statuses } }),
);

/** A server that answers serves: all that it has, from its start to its stop. */
export function healthService(server: GrpcServer): GrpcService {
  return {
    name: 'grpc.health.v1.Health',
    isOpen: true,
    methods: {
      Check: { kind: 'unary', handle: (request) => check(server, request) },
      Watch: { kind: 'stream', handle: (requests, signal) => watch(server, requests, signal) },
    },
  };
}

function check(server: GrpcServer, request: Buffer): Uint8Array {
  const service = serviceOf(request);
  if (!isKnown(server, service)) {
    throw new GrpcError(grpcCode.notFound, `There is no service ${JSON.stringify(service)} here.`);
  }
  return response('SERVING');
}

async function* watch(
  server: GrpcServer,
  requests: AsyncIterable<Buffer>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const request of requests) {
    yield response(isKnown(server, serviceOf(request)) ? 'SERVING' : 'SERVICE_UNKNOWN');
    // It does not change before the end, which the client sees from the call's.
    if (!signal.aborted) await once(signal, 'abort');
    return;
  }
}

/** '' asks for the server as a whole. */
function isKnown(server: GrpcServer, service: string): boolean {
  return service === '' || server.services.has(service);
}

function serviceOf(request: Buffer): string {
  const { service = '' } = readProtobuf(request, healthRequest) as { service?: string };
  return service;
}

function response(status: (typeof statuses)[number]): Uint8Array {
  return writeProtobuf(healthResponse, { status: statuses.indexOf(status) });
}
