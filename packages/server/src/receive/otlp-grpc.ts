/**
 * OTLP/gRPC for traces. A request is answered once its spans are in the spool.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlpgrpc
 */
import { exportTraceRequest, exportTraceResponse, writeExportTraceResponse } from '@sightline/wire';
import type { GrpcServer } from '../grpc/grpc-server.ts';
import { GrpcError, grpcCode } from '../grpc/status.ts';
import { translateOtlpProtobuf } from '../translate/otlp.ts';
import { exportResponse } from './export-response.ts';
import { takeInGrpc } from './grpc-intake.ts';
import type { ReceiverDeps } from './intake.ts';
import { otherSignals, otherSignalText } from './other-signals.ts';

export function registerOtlpGrpc(server: GrpcServer, deps: ReceiverDeps): void {
  server.add({
    name: 'opentelemetry.proto.collector.trace.v1.TraceService',
    methods: {
      Export: {
        kind: 'unary',
        types: { request: exportTraceRequest, response: exportTraceResponse },
        handle: async (request) =>
          writeExportTraceResponse(exportResponse(await takeInGrpc(request, translateOtlpProtobuf, deps))),
      },
    },
  });
  for (const signal of otherSignals) {
    server.add({
      name: `opentelemetry.proto.collector.${signal}.v1.${signal === 'metrics' ? 'Metrics' : 'Logs'}Service`,
      methods: { Export: { kind: 'unary', handle: () => refuse(signal) } },
    });
  }
}

function refuse(signal: (typeof otherSignals)[number]): never {
  throw new GrpcError(grpcCode.unimplemented, otherSignalText(signal));
}
