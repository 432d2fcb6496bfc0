/** @see https://github.com/grpc/grpc/blob/master/doc/health-checking.md */
import { once } from 'node:events';
import { field, message, readProtobuf, writeProtobuf } from '@sightline/wire';
import type { GrpcServer, GrpcService } from './grpc-server.ts';
import { GrpcError, grpcCode } from './status.ts';

const statuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;

const types = {
  request: message('grpc.health.v1.HealthCheckRequest', field(1, 'service', 'string')),
  response: message(
    'grpc.health.v1.HealthCheckResponse',
    field(1, 'status', 'enum', {
      enum: { name: 'grpc.health.v1.HealthCheckResponse.ServingStatus', values: statuses },
    }),
  ),
};

/** A server that answers serves: all that it has, from its start to its stop. */
export function healthService(server: GrpcServer): GrpcService {
  return {
    name: 'grpc.health.v1.Health',
    isOpen: true,
    methods: {
      Check: { kind: 'unary', types, handle: (request) => check(server, request) },
      Watch: { kind: 'server-stream', types, handle: (request, signal) => watch(server, request, signal) },
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

/** It does not change before the end, which the client sees from the call's. */
async function* watch(server: GrpcServer, request: Buffer, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  yield response(isKnown(server, serviceOf(request)) ? 'SERVING' : 'SERVICE_UNKNOWN');
  if (!signal.aborted) await once(signal, 'abort');
}

/** '' asks for the server as a whole. */
function isKnown(server: GrpcServer, service: string): boolean {
  return service === '' || server.services.has(service);
}

function serviceOf(request: Buffer): string {
  const { service = '' } = readProtobuf(request, types.request) as { service?: string };
  return service;
}

function response(status: (typeof statuses)[number]): Uint8Array {
  return writeProtobuf(types.response, { status: statuses.indexOf(status) });
}
