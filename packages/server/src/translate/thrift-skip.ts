import { DecodeError } from '@sightline/wire';
import {
  boolType,
  byteType,
  doubleType,
  i16Type,
  i32Type,
  i64Type,
  listType,
  mapType,
  setType,
  stopType,
  stringType,
  structType,
  type ThriftProtocol,
  uuidType,
} from './thrift-protocol.ts';

/** What is read is as deep as its table. */
const maxDepth = 64;

/**
 * Steps over a value that nobody asked for.
 * @throws DecodeError where it is cut off, or nested too deep
 */
export function skip(protocol: ThriftProtocol, type: number, depth = 0): void {
  if (depth > maxDepth) throw new DecodeError(protocol.position, '', `values are nested more than ${maxDepth} deep`);
  switch (type) {
    case boolType:
      protocol.bool();
      return;
    case byteType:
      protocol.byte();
      return;
    case i16Type:
      protocol.i16();
      return;
    case i32Type:
      protocol.i32();
      return;
    case i64Type:
      protocol.i64();
      return;
    case doubleType:
      protocol.double();
      return;
    case uuidType:
      // 16 bytes in both protocols, as two doubles are.
      protocol.double();
      protocol.double();
      return;
    case stringType:
      protocol.position = protocol.delimited();
      return;
    case structType:
      skipStruct(protocol, depth);
      return;
    case listType:
    case setType:
      skipList(protocol, depth);
      return;
    case mapType:
      skipMap(protocol, depth);
      return;
    default:
      throw new DecodeError(protocol.position, '', `a value of type ${type}, which Thrift does not have`);
  }
}

function skipStruct(protocol: ThriftProtocol, depth: number): void {
  let lastId = 0;
  for (let type = protocol.field(0); type !== stopType; type = protocol.field(lastId)) {
    lastId = protocol.fieldId;
    skip(protocol, type, depth + 1);
  }
}

function skipList(protocol: ThriftProtocol, depth: number): void {
  const { type, size } = protocol.list();
  for (let i = 0; i < size; i++) skip(protocol, type, depth + 1);
}

function skipMap(protocol: ThriftProtocol, depth: number): void {
  const { keyType, valueType, size } = protocol.map();
  for (let i = 0; i < size; i++) {
    skip(protocol, keyType, depth + 1);
    skip(protocol, valueType, depth + 1);
  }
}
