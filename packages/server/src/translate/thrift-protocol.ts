/**
 * What Thrift's two protocols have in common: the same values in the same order, in other bytes. Both are read in
 * place, and both hold every size against the bytes that are left before anything is made of it.
 *
 *   message = name, type, sequence id, then a struct of the arguments
 *   struct  = fields (type, id, value), then a stop
 *   list    = element type, size, then so many values; a set looks the same
 *   map     = key type, value type, size, then so many pairs
 *
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-rpc.md
 */
import { DecodeError } from '@sightline/wire';

/** Types by the numbers that the binary protocol gives them. */
export const stopType = 0;
export const boolType = 2;
export const byteType = 3;
export const doubleType = 4;
export const i16Type = 6;
export const i32Type = 8;
export const i64Type = 10;
/** A string or bytes: the protocols do not tell them apart. */
export const stringType = 11;
export const structType = 12;
export const mapType = 13;
export const setType = 14;
export const listType = 15;
export const uuidType = 16;

const typeNames: Record<number, string> = {
  [boolType]: 'bool',
  [byteType]: 'byte',
  [doubleType]: 'double',
  [i16Type]: 'i16',
  [i32Type]: 'i32',
  [i64Type]: 'i64',
  [stringType]: 'string',
  [structType]: 'struct',
  [mapType]: 'map',
  [setType]: 'set',
  [listType]: 'list',
  [uuidType]: 'uuid',
};

export function typeName(type: number): string {
  return typeNames[type] ?? `type ${type}`;
}

/** One buffer, and how far it has been read. Every method throws DecodeError where the bytes do not hold what it reads. */
export interface ThriftProtocol {
  readonly bytes: Uint8Array;
  position: number;
  /** Of the field whose header was read last. */
  readonly fieldId: number;
  /** The message's name. Type and sequence id matter only to those who answer. */
  message(): string;
  /** A field's type, its id in `fieldId`; `stopType` at the struct's end. @param lastId of the field before it, 0 at first */
  field(lastId: number): number;
  bool(): boolean;
  byte(): number;
  i16(): number;
  i32(): number;
  i64(): bigint;
  double(): number;
  /** Steps over a length; the string's bytes are those from `position` to the result. */
  delimited(): number;
  /** Of a list or a set. There are at least as many bytes left as there are to be items. */
  list(): { type: number; size: number };
  /** Of keys and values; of an empty map the types are not known. */
  map(): { keyType: number; valueType: number; size: number };
}

/** @throws DecodeError for a size that the bytes which are left cannot hold, whatever the items are */
export function checkSize(size: number, what: string, at: number, bytesLeft: number): number {
  if (size >= 0 && size <= bytesLeft) return size;
  throw new DecodeError(at, '', `${what} of ${size} items, where ${bytesLeft} bytes are left`);
}

const maxNameBytes = 100;

/** Of a message's method. What is not Thrift at all is most often found out here. */
export function readName(protocol: ThriftProtocol): string {
  const at = protocol.position;
  const end = protocol.delimited();
  if (end - protocol.position > maxNameBytes)
    throw new DecodeError(at, '', 'no message of Thrift: its name is too long');
  const name = String.fromCharCode(...protocol.bytes.subarray(protocol.position, end));
  protocol.position = end;
  return name;
}
