/**
 * OTLP's protobuf values as OTLP JSON text, byte for byte what `JSON.stringify` would give for
 * the types of `@sightline/wire`. What fits no typed map is stored so: arrays, key-value lists,
 * bytes, empty values, and the attributes of events, links and scopes. The bytes were checked on
 * arrival (`checkTraces`), so depth is bounded and every length fits.
 */
import type { ProtobufReader } from '@sightline/wire';

const tag = (field: number, wireType: number): number => (field << 3) | wireType;
const valueString = tag(1, 2);
const valueBool = tag(2, 0);
const valueInt = tag(3, 0);
const valueDouble = tag(4, 1);
const valueArray = tag(5, 2);
const valueKvlist = tag(6, 2);
const valueBytes = tag(7, 2);
const repeatedItem = tag(1, 2);
const keyValueKey = tag(1, 2);
const keyValueValue = tag(2, 2);

/** `[{"key":…,"value":…},…]` for the repeated field `attributesTag` of the message that `reader` stands at. */
export function keyValuesJson(reader: ProtobufReader, attributesTag: number): string {
  let items = '';
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === attributesTag) items += (items === '' ? '' : ',') + nested(reader, keyValueJson);
    else reader.skip(tag);
  }
  return `[${items}]`;
}

/** One AnyValue, from `position` to `limit`. */
export function anyValueJson(reader: ProtobufReader): string {
  let json = '{}';
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case valueString:
        json = `{"stringValue":${JSON.stringify(textOf(reader))}}`;
        break;
      case valueBool:
        json = `{"boolValue":${reader.varint() !== 0 || reader.high !== 0}}`;
        break;
      case valueInt:
        json = `{"intValue":"${int64Of(reader)}"}`;
        break;
      case valueDouble:
        json = `{"doubleValue":${doubleJson(reader.double())}}`;
        break;
      case valueArray:
        json = `{"arrayValue":{"values":[${nested(reader, itemsJson, anyValueJson)}]}}`;
        break;
      case valueKvlist:
        json = `{"kvlistValue":{"values":[${nested(reader, itemsJson, keyValueJson)}]}}`;
        break;
      case valueBytes:
        json = `{"bytesValue":"${bytesOf(reader).toString('base64')}"}`;
        break;
      default:
        reader.skip(tag);
    }
  }
  return json;
}

function keyValueJson(reader: ProtobufReader): string {
  let key = '""';
  let value = '{}';
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === keyValueKey) key = JSON.stringify(textOf(reader));
    else if (tag === keyValueValue) value = nested(reader, anyValueJson);
    else reader.skip(tag);
  }
  return `{"key":${key},"value":${value}}`;
}

function itemsJson(reader: ProtobufReader, itemJson: (reader: ProtobufReader) => string): string {
  let items = '';
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === repeatedItem) items += (items === '' ? '' : ',') + nested(reader, itemJson);
    else reader.skip(tag);
  }
  return items;
}

function nested<Rest extends unknown[]>(
  reader: ProtobufReader,
  read: (reader: ProtobufReader, ...rest: Rest) => string,
  ...rest: Rest
): string {
  const { limit } = reader;
  reader.limit = reader.delimited();
  const json = read(reader, ...rest);
  reader.limit = limit;
  return json;
}

function textOf(reader: ProtobufReader): string {
  return bytesOf(reader).toString('utf8');
}

function bytesOf(reader: ProtobufReader): Buffer {
  const end = reader.delimited();
  const { buffer, byteOffset } = reader.bytes;
  const bytes = Buffer.from(buffer, byteOffset + reader.position, end - reader.position);
  reader.position = end;
  return bytes;
}

function int64Of(reader: ProtobufReader): bigint {
  reader.varint();
  return BigInt.asIntN(64, (BigInt(reader.high) << 32n) | BigInt(reader.low));
}

function doubleJson(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  return Object.is(value, -0) ? '-0' : String(value);
}
