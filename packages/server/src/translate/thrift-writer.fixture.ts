/** For tests: Thrift bytes, written by the `thrift` package from the tables that our reader reads by. */
import thrift, { type TProtocol } from 'thrift';
import type { ThriftKind, ThriftObject, ThriftStruct } from './thrift-struct.ts';

export type ThriftProtocolName = 'binary' | 'compact';

export const thriftProtocols: readonly ThriftProtocolName[] = ['binary', 'compact'];

/** What `write` writes in the protocol. */
export function thriftBytes(protocol: ThriftProtocolName, write: (output: TProtocol) => void): Buffer {
  let bytes: Buffer = Buffer.alloc(0);
  const transport = new thrift.TBufferedTransport(undefined, (flushed) => {
    bytes = flushed ?? bytes;
  });
  const output = protocol === 'binary' ? new thrift.TBinaryProtocol(transport) : new thrift.TCompactProtocol(transport);
  write(output);
  transport.flush();
  return bytes;
}

/** Fields in the order in which the object has them. */
export function writeStruct<Struct extends ThriftStruct>(
  output: TProtocol,
  struct: Struct,
  object: ThriftObject<Struct>,
): void {
  output.writeStructBegin('');
  for (const [name, value] of Object.entries(object)) {
    const [id, kind] = struct.fields[name] ?? [0, 'bool'];
    output.writeFieldBegin(name, typeOf(kind), id);
    writeValue(output, kind, value);
    output.writeFieldEnd();
  }
  output.writeFieldStop();
  output.writeStructEnd();
}

/** A one-way call. */
export function writeMessage<Struct extends ThriftStruct>(
  output: TProtocol,
  method: string,
  args: Struct,
  object: ThriftObject<Struct>,
): void {
  output.writeMessageBegin(method, thrift.Thrift.MessageType.ONEWAY, 7);
  writeStruct(output, args, object);
  output.writeMessageEnd();
}

function writeValue(output: TProtocol, kind: ThriftKind, value: unknown): void {
  if (kind === 'bool') output.writeBool(value as boolean);
  else if (kind === 'byte') output.writeByte(value as number);
  else if (kind === 'i16') output.writeI16(value as number);
  else if (kind === 'i32') output.writeI32(value as number);
  else if (kind === 'i64') output.writeI64(new thrift.Int64(bytesOf(value as bigint)) as unknown as number);
  else if (kind === 'double') output.writeDouble(value as number);
  else if (kind === 'string') output.writeString(value as string);
  else if (kind === 'binary') output.writeBinary(Buffer.from(value as Uint8Array));
  else if ('byId' in kind) writeStruct(output, kind, value as ThriftObject<ThriftStruct>);
  else writeList(output, kind[0], value as ThriftObject<ThriftStruct>[]);
}

function writeList(output: TProtocol, struct: ThriftStruct, objects: ThriftObject<ThriftStruct>[]): void {
  output.writeListBegin(thrift.Thrift.Type.STRUCT, objects.length);
  for (const object of objects) writeStruct(output, struct, object);
  output.writeListEnd();
}

function bytesOf(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

function typeOf(kind: ThriftKind): number {
  const { Type } = thrift.Thrift;
  if (typeof kind !== 'string') return 'byId' in kind ? Type.STRUCT : Type.LIST;
  const types = {
    bool: Type.BOOL,
    byte: Type.BYTE,
    i16: Type.I16,
    i32: Type.I32,
    i64: Type.I64,
    double: Type.DOUBLE,
    string: Type.STRING,
    binary: Type.STRING,
  };
  return types[kind];
}
