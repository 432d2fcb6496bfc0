/**
 * Decodes what an agent of Jaeger's gets, by code that is not ours: Apache Thrift reads the compact protocol, and the
 * IDL that jaeger-client ships says what the fields are called.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const idlFolder = join(dirname(require.resolve('jaeger-client')), 'jaeger-idl/thrift');

/** A struct of the IDL by its fields' names; integers of 64 bits are bigints, bytes are buffers. */
export type ThriftStruct = Readonly<Record<string, unknown>>;

/** The part of the package `thrift`, which has no types of its own, that reads. */
interface CompactProtocol {
  readMessageBegin(): { fname: string; mtype: number; rseqid: number };
  readStructBegin(): void;
  readStructEnd(): void;
  readFieldBegin(): { ftype: number; fid: number };
  readListBegin(): { etype: number; size: number };
  readBool(): boolean;
  readI32(): number;
  readI64(): { buffer: Buffer };
  readDouble(): number;
  readString(): string;
  readBinary(): Buffer;
}

interface Transport {
  readonly readPos: number;
}

const { TCompactProtocol, TFramedTransport } = require('thrift') as {
  TCompactProtocol: new (transport: Transport) => CompactProtocol;
  TFramedTransport: new (bytes: Buffer) => Transport;
};

interface IdlField {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
}

const structs = readIdl();

/**
 * @returns the argument of a one-way `emitBatch`
 * @throws where the datagram is not exactly that, by the IDL
 */
export function decodeEmitBatch(datagram: Buffer): ThriftStruct {
  const transport = new TFramedTransport(datagram);
  const protocol = new TCompactProtocol(transport);
  const { fname, mtype } = protocol.readMessageBegin();
  if (fname !== 'emitBatch' || mtype !== 4) throw new Error(`${fname} of type ${mtype} is no one-way emitBatch`);
  const { batch } = readStruct(protocol, 'emitBatch arguments') as { batch: ThriftStruct };
  if (transport.readPos !== datagram.length) throw new Error('the datagram goes on behind the message');
  return batch;
}

function readStruct(protocol: CompactProtocol, name: string): ThriftStruct {
  const fields = structs.get(name) ?? new Map<number, IdlField>();
  const struct: Record<string, unknown> = {};
  protocol.readStructBegin();
  for (let { ftype, fid } = protocol.readFieldBegin(); ftype !== 0; { ftype, fid } = protocol.readFieldBegin()) {
    const field = fields.get(fid);
    if (field === undefined) throw new Error(`${name} has no field ${fid}`);
    struct[field.name] = readValue(protocol, field.type, ftype);
  }
  protocol.readStructEnd();
  const missing = [...fields.values()].filter(({ name, isRequired }) => isRequired && struct[name] === undefined);
  if (missing.length > 0) throw new Error(`${name} lacks ${missing.map((field) => field.name)}`);
  return struct;
}

/** Thrift's numbers of types: bool 2, double 4, i32 8, i64 10, string 11, struct 12, list 15. */
function readValue(protocol: CompactProtocol, type: string, ftype: number): unknown {
  const [wanted, read] = readerOf(protocol, type);
  if (ftype !== wanted) throw new Error(`a ${type} came as type ${ftype}`);
  return read();
}

function readerOf(protocol: CompactProtocol, type: string): [ftype: number, read: () => unknown] {
  switch (type) {
    case 'bool':
      return [2, () => protocol.readBool()];
    case 'double':
      return [4, () => protocol.readDouble()];
    case 'i64':
      return [10, () => protocol.readI64().buffer.readBigInt64BE()];
    case 'string':
      return [11, () => protocol.readString()];
    case 'binary':
      return [11, () => protocol.readBinary()];
    case 'i32':
    case 'TagType':
    case 'SpanRefType':
      return [8, () => protocol.readI32()];
    default:
      return type.startsWith('list<')
        ? [15, () => readList(protocol, type.slice(5, -1))]
        : [12, () => readStruct(protocol, type)];
  }
}

function readList(protocol: CompactProtocol, itemType: string): unknown[] {
  const { etype, size } = protocol.readListBegin();
  return Array.from({ length: size }, () => readValue(protocol, itemType, etype));
}

/** `struct Tag { 1: required string key … }`, and the arguments of `emitBatch`. */
function readIdl(): Map<string, Map<number, IdlField>> {
  const text = readFileSync(join(idlFolder, 'jaeger.thrift'), 'utf8').replace(/#.*/g, '');
  const found = new Map<string, Map<number, IdlField>>();
  for (const [, name = '', body = ''] of text.matchAll(/struct (\w+) \{([^}]*)\}/g)) {
    const fields = body.matchAll(/(\d+):\s*(required|optional)\s+(\S+)\s+(\w+)/g);
    found.set(
      name,
      new Map(
        Array.from(fields, ([, id, need, type = '', field = '']) => [
          Number(id),
          { name: field, type, isRequired: need === 'required' },
        ]),
      ),
    );
  }
  const batch: IdlField = { name: 'batch', type: 'Batch', isRequired: true };
  found.set('emitBatch arguments', new Map([[1, batch]]));
  return found;
}
