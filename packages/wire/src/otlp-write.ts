import { base64Of, bytesOfBase64, bytesOfHex } from './binary-text.ts';
import type { ExportTraceResponse, TracesData } from './otlp.ts';
import {
  exportTraceResponse,
  type Field,
  isDefault,
  type Message,
  retryInfo,
  rpcStatus,
  tracesData,
} from './otlp-fields.ts';
import { wireBytes, wireFixed32, wireFixed64, wireVarint } from './protobuf-reader.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

/** The bytes of `TracesData`, which are those of `ExportTraceServiceRequest` too. */
export function writeTraces(traces: TracesData): Uint8Array {
  return writeProtobuf(tracesData, traces);
}

export function writeExportTraceResponse(response: ExportTraceResponse): Uint8Array {
  return writeProtobuf(exportTraceResponse, response);
}

/**
 * `google.rpc.Status`, with `RetryInfo` where the sender should come back at a time of our choice.
 * @param status.code of gRPC: 3 invalid argument, 8 resource exhausted, 14 unavailable …
 */
export function writeRpcStatus(status: { code: number; message: string; retryDelaySeconds?: number }): Uint8Array {
  const { code, message, retryDelaySeconds } = status;
  if (retryDelaySeconds === undefined) return writeProtobuf(rpcStatus, { code, message });
  const value = base64Of(writeProtobuf(retryInfo, { retryDelay: { seconds: retryDelaySeconds } }));
  const details = [{ typeUrl: 'type.googleapis.com/google.rpc.RetryInfo', value }];
  return writeProtobuf(rpcStatus, { code, message, details });
}

/** Any message of the tables' kind, from an object such as `readProtobuf` gives. @throws TypeError where its form is wrong */
export function writeProtobuf(message: Message, object: object): Uint8Array {
  const writer = new ProtobufWriter();
  writeMessage(writer, message, object as JsonObject);
  return writer.finish();
}

type JsonObject = Record<string, unknown>;

function writeMessage(writer: ProtobufWriter, message: Message, object: JsonObject): void {
  for (let number = message.fields.length - 1; number > 0; number--) {
    const field = message.fields[number];
    const value = field && object[field.name];
    if (!field || value === undefined) continue;
    if (field.isRepeated) {
      const items = value as unknown[];
      for (let i = items.length - 1; i >= 0; i--) writeField(writer, field, items[i]);
    } else if (field.isOneOf || !isDefault(field, value)) writeField(writer, field, value);
  }
}

function writeField(writer: ProtobufWriter, field: Field, value: unknown): void {
  const behind = writer.length;
  const wireType = writeValue(writer, field, value);
  if (wireType === wireBytes) writer.varint(writer.length - behind);
  writer.tag(field.number, wireType);
}

function writeValue(writer: ProtobufWriter, field: Field, value: unknown): number {
  switch (field.type) {
    case 'message':
      if (field.message) writeMessage(writer, field.message, value as JsonObject);
      return wireBytes;
    case 'string':
      writer.text(value as string);
      return wireBytes;
    case 'id':
      writer.raw(given(bytesOfHex(value as string), field, value, 'hex digits'));
      return wireBytes;
    case 'bytes':
      writer.raw(given(bytesOfBase64(value as string), field, value, 'base64'));
      return wireBytes;
    case 'bool':
      writer.varint(value === true ? 1 : 0);
      return wireVarint;
    case 'uint32':
      writer.varint(value as number);
      return wireVarint;
    case 'enum':
    case 'int32':
    case 'int64':
    case 'uint64':
      writer.varint64(BigInt(value as string | number));
      return wireVarint;
    case 'fixed32':
      writer.fixed32(value as number);
      return wireFixed32;
    case 'fixed64':
      writer.fixed64(BigInt(value as string));
      return wireFixed64;
    case 'double':
      writer.double(Number(value));
      return wireFixed64;
  }
}

function given(bytes: Uint8Array | undefined, field: Field, value: unknown, form: string): Uint8Array {
  if (bytes) return bytes;
  throw new TypeError(`${field.name} must be ${form}, not ${JSON.stringify(value)}`);
}
