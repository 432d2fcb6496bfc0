/**
 * Thrift's binary and compact protocols, read by tables into plain objects. Written out because this is where
 * strangers' bytes come in: the generated readers of the `thrift` package believe every size that they are told,
 * and cannot say where the bytes went wrong. Here every size is held against the bytes that are left, nesting is
 * bounded, and an error names the byte and the field.
 *
 * Fields that the table does not have are skipped, so that newer senders are understood; fields of another type
 * than the table's are refused. Which protocol the bytes are in is seen from their beginning.
 */
import { DecodeError, utf8Of } from '@sightline/wire';
import { ThriftBinary } from './thrift-binary.ts';
import { ThriftCompact } from './thrift-compact.ts';
import { stopType, structType, type ThriftProtocol, typeName } from './thrift-protocol.ts';
import { skip } from './thrift-skip.ts';
import type { ThriftFields, ThriftKind, ThriftObject, ThriftStruct } from './thrift-struct.ts';

/**
 * Bytes that are one struct.
 * @throws DecodeError with byte offset and field path
 */
export function readThriftStruct<Fields extends ThriftFields>(
  bytes: Uint8Array,
  struct: ThriftStruct<Fields>,
): ThriftObject<ThriftStruct<Fields>> {
  return read(protocolOf(bytes), (reader) => reader.struct(struct)) as ThriftObject<ThriftStruct<Fields>>;
}

/**
 * Bytes that are a list of structs.
 * @throws DecodeError with byte offset and field path
 */
export function readThriftList<Fields extends ThriftFields>(
  bytes: Uint8Array,
  struct: ThriftStruct<Fields>,
): ThriftObject<ThriftStruct<Fields>>[] {
  return read(protocolOf(bytes), (reader) => reader.list(struct)) as ThriftObject<ThriftStruct<Fields>>[];
}

/**
 * Bytes that are the call of a method, one-way or not.
 * @param args the method's arguments, which are a struct too
 * @throws DecodeError with byte offset and field path; for another method as well
 */
export function readThriftMessage<Fields extends ThriftFields>(
  bytes: Uint8Array,
  method: string,
  args: ThriftStruct<Fields>,
): ThriftObject<ThriftStruct<Fields>> {
  const protocol = bytes[0] === 0x82 ? new ThriftCompact(bytes) : new ThriftBinary(bytes);
  const called = protocol.message();
  if (called !== method) throw new DecodeError(0, '', `a call of ${JSON.stringify(called)}, where ${method} belongs`);
  return read(protocol, (reader) => reader.struct(args)) as ThriftObject<ThriftStruct<Fields>>;
}

/**
 * A struct begins with a field's type, a list with that of its items. Compact uses the upper half of this byte too,
 * for the field's id (in all tracing formats the first is below 16) or the list's size.
 */
function protocolOf(bytes: Uint8Array): ThriftProtocol {
  return (bytes[0] ?? 0) < 0x10 ? new ThriftBinary(bytes) : new ThriftCompact(bytes);
}

function read<Result>(protocol: ThriftProtocol, step: (reader: TableReader) => Result): Result {
  const reader = new TableReader(protocol);
  try {
    const result = step(reader);
    const left = protocol.bytes.length - protocol.position;
    if (left > 0) throw new DecodeError(protocol.position, '', `${left} bytes after the end`);
    return result;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new DecodeError(error.byteOffset, pathText(reader.path), error.problem);
  }
}

/** In 16 MiB, spans with 20 tags of usual length have 200,000; only bytes that are made to cost time hold more. */
const maxStructs = 250_000;

type ThriftRecord = Record<string, unknown>;

class TableReader {
  /** Names and indexes down to what is being read; cut back only when that went well. */
  readonly path: (string | number)[] = [];
  readonly #protocol: ThriftProtocol;
  #structCount = 0;

  constructor(protocol: ThriftProtocol) {
    this.#protocol = protocol;
  }

  struct({ byId }: ThriftStruct): ThriftRecord {
    const protocol = this.#protocol;
    if (++this.#structCount > maxStructs)
      throw new DecodeError(protocol.position, '', `more than ${maxStructs} structs: send fewer spans at once`);
    const object: ThriftRecord = {};
    let lastId = 0;
    for (;;) {
      const at = protocol.position;
      const type = protocol.field(lastId);
      if (type === stopType) return object;
      lastId = protocol.fieldId;
      const field = byId.get(lastId);
      if (field === undefined) {
        skip(protocol, type);
        continue;
      }
      this.path.push(field.name);
      expectType(type, field.type, at);
      object[field.name] = this.#value(field.kind);
      this.path.pop();
    }
  }

  list(items: ThriftStruct): ThriftRecord[] {
    const at = this.#protocol.position;
    const { type, size } = this.#protocol.list();
    if (size > 0) expectType(type, structType, at);
    const list: ThriftRecord[] = [];
    for (let i = 0; i < size; i++) {
      this.path.push(i);
      list.push(this.struct(items));
      this.path.pop();
    }
    return list;
  }

  #value(kind: ThriftKind): unknown {
    if (typeof kind !== 'string') return 'byId' in kind ? this.struct(kind) : this.list(kind[0]);
    switch (kind) {
      case 'string':
        return this.#delimited(utf8Of);
      case 'binary':
        return this.#delimited((bytes, start, end) => bytes.subarray(start, end));
      default:
        return this.#protocol[kind]();
    }
  }

  #delimited<Result>(convert: (bytes: Uint8Array, start: number, end: number) => Result): Result {
    const end = this.#protocol.delimited();
    const result = convert(this.#protocol.bytes, this.#protocol.position, end);
    this.#protocol.position = end;
    return result;
  }
}

function expectType(found: number, wanted: number, at: number): void {
  if (found === wanted) return;
  throw new DecodeError(at, '', `${typeName(found)}, where ${typeName(wanted)} belongs`);
}

/** `['spans', 3, 'name']` → `spans[3].name` */
function pathText(path: readonly (string | number)[]): string {
  return path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i > 0 ? `.${step}` : step)).join('');
}
