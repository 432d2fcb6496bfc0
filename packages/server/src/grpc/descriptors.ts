/**
 * The tables of messages, told as protobuf tells them: `FileDescriptorProto`, a file for each package. So what
 * reflection says is what is read and written; there are no .proto files to keep beside the tables. Fields
 * are named in snake_case, as most files name them; JSON has the same names either way.
 *
 * @see https://github.com/protocolbuffers/protobuf/blob/main/src/google/protobuf/descriptor.proto
 */
import {
  type EnumType,
  type Field,
  type FieldType,
  field,
  type Message,
  message,
  writeProtobuf,
} from '@sightline/wire';
import type { GrpcService } from './grpc-server.ts';
import type { GrpcMethod } from './run-method.ts';

export interface ProtoFile {
  name: string;
  bytes: Uint8Array;
  /** Full names of its services, methods, messages and enums. */
  symbols: readonly string[];
}

/** Everything that the services' messages reach. Services whose types are not known are left out. */
export function describeFiles(services: Iterable<GrpcService>): ProtoFile[] {
  const described = [...services].filter(isDescribed);
  const types = new Set<Message | EnumType>();
  for (const service of described) {
    for (const { types: ofMethod } of Object.values(service.methods)) {
      collect(ofMethod?.request, types);
      collect(ofMethod?.response, types);
    }
  }
  const packages = new Set([...types, ...described].map(({ name }) => packageOf(name)));
  return [...packages].map((name) =>
    describeFile(
      name,
      [...types].filter((type) => packageOf(type.name) === name),
      described.filter((service) => packageOf(service.name) === name),
    ),
  );
}

export function isDescribed(service: GrpcService): boolean {
  return Object.values(service.methods).every(({ types }) => types !== undefined);
}

function collect(type: Message | undefined, into: Set<Message | EnumType>): void {
  if (!type || into.has(type)) return;
  into.add(type);
  for (const one of type.fields) {
    collect(one?.message, into);
    if (one?.enum) into.add(one.enum);
  }
}

function describeFile(name: string, types: (Message | EnumType)[], services: GrpcService[]): ProtoFile {
  const outer = types.filter((type) => !shortName(type).includes('.'));
  const inside = (type: Message): (Message | EnumType)[] => types.filter((one) => one.name.startsWith(`${type.name}.`));
  const methods = services.flatMap((service) => Object.keys(service.methods).map((one) => `${service.name}.${one}`));
  const file = {
    name: fileName(name),
    package: name,
    dependency: dependenciesOf(name, types.filter(isMessage), services),
    messageType: outer.filter(isMessage).map((type) => describeMessage(type, inside(type))),
    enumType: outer.filter(isEnum).map(describeEnum),
    service: services.map(describeService),
    syntax: 'proto3',
  };
  const symbols = [...[...types, ...services].map((one) => one.name), ...methods];
  return { name: file.name, bytes: writeProtobuf(fileDescriptor, file), symbols };
}

function dependenciesOf(name: string, messages: Message[], services: GrpcService[]): string[] {
  const used = messages.flatMap(({ fields }) => fields.flatMap((one) => [one?.message?.name, one?.enum?.name]));
  const taken = services.flatMap((service) =>
    Object.values(service.methods).flatMap(({ types }) => [types?.request.name, types?.response.name]),
  );
  const packages = new Set([...used, ...taken].filter((one) => one !== undefined).map(packageOf));
  packages.delete(name);
  return [...packages].map(fileName);
}

function describeMessage(type: Message, inside: (Message | EnumType)[]): object {
  const fields = type.fields.filter((one) => one !== undefined);
  return {
    name: shortName(type).split('.').at(-1),
    field: fields.map(describeField),
    nestedType: inside.filter(isMessage).map((one) => describeMessage(one, [])),
    enumType: inside.filter(isEnum).map(describeEnum),
    oneofDecl: fields.some((one) => one.isOneOf) ? [{ name: 'value' }] : [],
    ...(type.isMapEntry && { options: { mapEntry: true } }),
  };
}

const typeNumbers: Record<FieldType, number> = {
  double: 1,
  int64: 3,
  uint64: 4,
  int32: 5,
  fixed64: 6,
  fixed32: 7,
  bool: 8,
  string: 9,
  message: 11,
  bytes: 12,
  id: 12,
  uint32: 13,
  enum: 14,
};

function describeField(one: Field): object {
  const type = one.message ?? one.enum;
  return {
    name: one.name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    jsonName: one.name,
    number: one.number,
    label: one.isRepeated ? 3 : 1,
    // An enum without a table of its names is told as the number that it is.
    type: one.type === 'enum' && !type ? typeNumbers.int32 : typeNumbers[one.type],
    ...(type && { typeName: `.${type.name}` }),
    ...(one.isOneOf && { oneofIndex: 0 }),
  };
}

function describeEnum(type: EnumType): object {
  return { name: shortName(type).split('.').at(-1), value: type.values.map((name, number) => ({ name, number })) };
}

function describeService(service: GrpcService): object {
  return { name: shortName(service), method: Object.entries(service.methods).map(describeMethod) };
}

function describeMethod([name, { kind, types }]: [string, GrpcMethod]): object {
  return {
    name,
    inputType: `.${types?.request.name}`,
    outputType: `.${types?.response.name}`,
    clientStreaming: kind === 'bidi-stream',
    serverStreaming: kind !== 'unary',
  };
}

/** Of `opentelemetry.proto.trace.v1.Span.Event`, the part before the first capital. */
function packageOf(name: string): string {
  return name.replace(/\.[A-Z].*$/, '');
}

function shortName({ name }: { name: string }): string {
  return name.slice(packageOf(name).length + 1);
}

function fileName(packageName: string): string {
  return `${packageName.replaceAll('.', '/')}.proto`;
}

function isMessage(type: Message | EnumType): type is Message {
  return 'fields' in type;
}

function isEnum(type: Message | EnumType): type is EnumType {
  return 'values' in type;
}

const repeated = (number: number, name: string, type: Message): Field =>
  field(number, name, 'message', { repeated: true, message: type });

/** proto2: a zero that is not written is not there. */
const isWritten = { oneOf: true };

const fieldDescriptor = message(
  'google.protobuf.FieldDescriptorProto',
  field(1, 'name', 'string'),
  field(3, 'number', 'int32'),
  field(4, 'label', 'enum'),
  field(5, 'type', 'enum'),
  field(6, 'typeName', 'string'),
  field(9, 'oneofIndex', 'int32', isWritten),
  field(10, 'jsonName', 'string'),
);

const enumDescriptor = message(
  'google.protobuf.EnumDescriptorProto',
  field(1, 'name', 'string'),
  repeated(
    2,
    'value',
    message(
      'google.protobuf.EnumValueDescriptorProto',
      field(1, 'name', 'string'),
      field(2, 'number', 'int32', isWritten),
    ),
  ),
);

const messageFields = [
  field(1, 'name', 'string'),
  repeated(2, 'field', fieldDescriptor),
  repeated(4, 'enumType', enumDescriptor),
  repeated(8, 'oneofDecl', message('google.protobuf.OneofDescriptorProto', field(1, 'name', 'string'))),
];
/** Messages are nested once, and no deeper. */
const nestedDescriptor = message(
  'google.protobuf.DescriptorProto',
  ...messageFields,
  field(7, 'options', 'message', {
    message: message('google.protobuf.MessageOptions', field(7, 'mapEntry', 'bool')),
  }),
);
const messageDescriptor = message(
  'google.protobuf.DescriptorProto',
  ...messageFields,
  repeated(3, 'nestedType', nestedDescriptor),
);

const methodDescriptor = message(
  'google.protobuf.MethodDescriptorProto',
  field(1, 'name', 'string'),
  field(2, 'inputType', 'string'),
  field(3, 'outputType', 'string'),
  field(5, 'clientStreaming', 'bool'),
  field(6, 'serverStreaming', 'bool'),
);

const fileDescriptor = message(
  'google.protobuf.FileDescriptorProto',
  field(1, 'name', 'string'),
  field(2, 'package', 'string'),
  field(3, 'dependency', 'string', { repeated: true }),
  repeated(4, 'messageType', messageDescriptor),
  repeated(5, 'enumType', enumDescriptor),
  repeated(
    6,
    'service',
    message(
      'google.protobuf.ServiceDescriptorProto',
      field(1, 'name', 'string'),
      repeated(2, 'method', methodDescriptor),
    ),
  ),
  field(12, 'syntax', 'string'),
);
