/**
 * Jaeger's collector over gRPC: batches of spans in Jaeger's own protobuf. Its answer has no field that could carry
 * it, so what is wrong with single spans is counted, and where all of them are refused, so is the call.
 *
 * @see https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v2/collector.proto
 */
import { message, writeProtobuf } from '@sightline/wire';
import type { GrpcServer } from '../grpc/grpc-server.ts';
import { GrpcError, grpcCode } from '../grpc/status.ts';
import { postSpansRequest, translateJaegerProto } from '../translate/jaeger-proto.ts';
import { refusalText } from '../translate/translation.ts';
import { takeInGrpc } from './grpc-intake.ts';
import type { ReceiverDeps } from './intake.ts';

const types = { request: postSpansRequest, response: message('jaeger.api_v2.PostSpansResponse') };

export function registerJaegerGrpc(server: GrpcServer, deps: ReceiverDeps): void {
  server.add({
    name: 'jaeger.api_v2.CollectorService',
    methods: { PostSpans: { kind: 'unary', types, handle: (request) => postSpans(request, deps) } },
  });
}

async function postSpans(request: Buffer, deps: ReceiverDeps): Promise<Uint8Array> {
  const translation = await takeInGrpc(request, translateJaegerProto, deps);
  const refusal = refusalText(translation);
  if (refusal !== undefined && translation.spanCount === 0) throw new GrpcError(grpcCode.invalidArgument, refusal);
  return writeProtobuf(types.response, {});
}
