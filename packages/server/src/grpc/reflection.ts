/**
 * What `grpcurl list` and `describe` ask for, in both versions of the protocol, which differ by name alone.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
 */
import { field, type Message, message, readProtobuf, writeProtobuf } from '@sightline/wire';
import { describeFiles, isDescribed, type ProtoFile } from './descriptors.ts';
import type { GrpcServer, GrpcService } from './grpc-server.ts';
import { grpcCode } from './status.ts';

export function reflectionServices(server: GrpcServer): GrpcService[] {
  return ['v1', 'v1alpha'].map((version) => {
    const types = typesOf(`grpc.reflection.${version}`);
    return {
      name: `grpc.reflection.${version}.ServerReflection`,
      methods: {
        ServerReflectionInfo: {
          kind: 'bidi-stream',
          types,
          handle: (requests) => reflect(server, types, requests),
        },
      },
    };
  });
}

interface ReflectionRequest {
  fileByFilename?: string;
  fileContainingSymbol?: string;
  listServices?: string;
}

async function* reflect(
  server: GrpcServer,
  types: { request: Message; response: Message },
  requests: AsyncIterable<Buffer>,
): AsyncGenerator<Uint8Array> {
  const services = [...server.services.values()];
  const files = describeFiles(services);
  for await (const bytes of requests) {
    const originalRequest = readProtobuf(bytes, types.request) as ReflectionRequest;
    yield writeProtobuf(types.response, { originalRequest, ...answer(originalRequest, services, files) });
  }
}

function answer(request: ReflectionRequest, services: GrpcService[], files: ProtoFile[]): object {
  if (request.listServices !== undefined) {
    return { listServicesResponse: { service: services.filter(isDescribed).map(({ name }) => ({ name })) } };
  }
  const { fileByFilename: name, fileContainingSymbol: symbol } = request;
  const file = files.find((one) => one.name === name || (symbol !== undefined && one.symbols.includes(symbol)));
  if (file) return { fileDescriptorResponse: { fileDescriptorProto: [Buffer.from(file.bytes).toString('base64')] } };
  const wanted = name ?? symbol;
  const errorMessage = wanted === undefined ? 'There are no extensions here.' : `There is no ${wanted} here.`;
  return { errorResponse: { errorCode: grpcCode.notFound, errorMessage } };
}

function typesOf(packageName: string): { request: Message; response: Message } {
  const oneOf = true;
  const extension = message(
    `${packageName}.ExtensionRequest`,
    field(1, 'containingType', 'string'),
    field(2, 'extensionNumber', 'int32'),
  );
  const request = message(
    `${packageName}.ServerReflectionRequest`,
    field(1, 'host', 'string'),
    field(3, 'fileByFilename', 'string', { oneOf }),
    field(4, 'fileContainingSymbol', 'string', { oneOf }),
    field(5, 'fileContainingExtension', 'message', { oneOf, message: extension }),
    field(6, 'allExtensionNumbersOfType', 'string', { oneOf }),
    field(7, 'listServices', 'string', { oneOf }),
  );
  const files = message(
    `${packageName}.FileDescriptorResponse`,
    field(1, 'fileDescriptorProto', 'bytes', { repeated: true }),
  );
  const service = message(`${packageName}.ServiceResponse`, field(1, 'name', 'string'));
  const services = message(
    `${packageName}.ListServiceResponse`,
    field(1, 'service', 'message', { repeated: true, message: service }),
  );
  const error = message(
    `${packageName}.ErrorResponse`,
    field(1, 'errorCode', 'int32'),
    field(2, 'errorMessage', 'string'),
  );
  const response = message(
    `${packageName}.ServerReflectionResponse`,
    field(1, 'validHost', 'string'),
    field(2, 'originalRequest', 'message', { message: request }),
    field(4, 'fileDescriptorResponse', 'message', { oneOf, message: files }),
    field(6, 'listServicesResponse', 'message', { oneOf, message: services }),
    field(7, 'errorResponse', 'message', { oneOf, message: error }),
  );
  return { request, response };
}
