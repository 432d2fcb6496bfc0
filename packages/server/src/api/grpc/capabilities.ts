/** @see https://github.com/jaegertracing/jaeger-idl/blob/main/proto/storage/v2/capabilities.proto */
import { field, message, writeProtobuf } from '@sightline/wire';
import type { GrpcService } from '../../grpc/grpc-server.ts';

const packageName = 'jaeger.storage.v2';

const types = {
  request: message(`${packageName}.GetCapabilitiesRequest`),
  response: message(
    `${packageName}.GetCapabilitiesResponse`,
    field(1, 'search', 'message', {
      message: message(
        `${packageName}.SearchCapabilities`,
        field(1, 'withoutServiceName', 'bool'),
        field(2, 'sameSpanConjunction', 'bool'),
      ),
    }),
  ),
};

/** A search needs no service here, and all that it asks for must hold of one span. */
const response = writeProtobuf(types.response, { search: { withoutServiceName: true, sameSpanConjunction: true } });

export function capabilities(): GrpcService {
  return {
    name: `${packageName}.Capabilities`,
    methods: { GetCapabilities: { kind: 'unary', types, handle: () => response } },
  };
}
