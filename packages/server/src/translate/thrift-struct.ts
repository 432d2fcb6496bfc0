/**
 * Thrift structs as tables, and the types of what is read by them:
 *
 *   const tag = thriftStruct({ key: [1, 'string'], value: [2, 'i64'] });
 *   type Tag = ThriftObject<typeof tag>;                 // { key?: string; value?: bigint }
 */
import {
  boolType,
  byteType,
  doubleType,
  i16Type,
  i32Type,
  i64Type,
  listType,
  stringType,
  structType,
} from './thrift-protocol.ts';

type ScalarKind = 'bool' | 'byte' | 'i16' | 'i32' | 'i64' | 'double' | 'string' | 'binary';

/** In brackets: a list of structs, the only lists that tracing formats have. */
export type ThriftKind = ScalarKind | ThriftStruct | readonly [ThriftStruct];

/** By name, a field's id and what it holds. */
export type ThriftFields = Readonly<Record<string, readonly [id: number, kind: ThriftKind]>>;

/** A struct as a table. */
export interface ThriftStruct<Fields extends ThriftFields = ThriftFields> {
  readonly fields: Fields;
  readonly byId: ReadonlyMap<number, { readonly name: string; readonly kind: ThriftKind; readonly type: number }>;
}

/** What is read by a table. Fields that were not in the bytes are absent, required or not. */
export type ThriftObject<Struct> =
  Struct extends ThriftStruct<infer Fields> ? { [Name in keyof Fields]?: ThriftValue<Fields[Name][1]> } : never;

type ThriftValue<Kind> = Kind extends 'bool'
  ? boolean
  : Kind extends 'i64'
    ? bigint
    : Kind extends 'string'
      ? string
      : Kind extends 'binary'
        ? Uint8Array
        : Kind extends ScalarKind
          ? number
          : Kind extends readonly [infer Item]
            ? ThriftObject<Item>[]
            : ThriftObject<Kind>;

export function thriftStruct<const Fields extends ThriftFields>(fields: Fields): ThriftStruct<Fields> {
  const entries = Object.entries(fields).map(([name, [id, kind]]) => [id, { name, kind, type: typeOf(kind) }] as const);
  return { fields, byId: new Map(entries) };
}

function typeOf(kind: ThriftKind): number {
  if (typeof kind !== 'string') return 'byId' in kind ? structType : listType;
  return scalarTypes[kind];
}

const scalarTypes: Record<ScalarKind, number> = {
  bool: boolType,
  byte: byteType,
  i16: i16Type,
  i32: i32Type,
  i64: i64Type,
  double: doubleType,
  string: stringType,
  binary: stringType,
};
