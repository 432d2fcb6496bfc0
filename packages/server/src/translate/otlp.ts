/** OTLP's two encodings. What comes as protobuf stays the bytes it is. */
import { checkTraces, DecodeError, readTraces, readTracesJson, type TracesData, writeTraces } from '@sightline/wire';
import { otlpJsonToProtobuf } from './otlp-json-bytes.ts';
import type { Translation } from './translation.ts';

/** One insert has to fit into memory. */
const maxSpreadBytes = 256 * 1024 * 1024;

export function translateOtlpProtobuf(bytes: Uint8Array): Translation {
  const { isInPieces, ...check } = checkTraces(bytes);
  if (check.spreadBytes > maxSpreadBytes) {
    const size = `${check.spanCount} spans with a resource of this size would take ${check.spreadBytes} bytes`;
    throw new DecodeError(0, '', `${size}, more than ${maxSpreadBytes}: send fewer spans at once`);
  }
  return { payload: isInPieces ? writeTraces(readTraces(bytes)) : bytes, ...check };
}

export function translateOtlpJson(bytes: Uint8Array): Translation {
  const protobuf = otlpJsonToProtobuf(bytes);
  return protobuf ? translateOtlpProtobuf(protobuf) : translationOf(readTracesJson(bytes));
}

/** For formats that become objects on their way. */
export function translationOf(traces: TracesData): Translation {
  return translateOtlpProtobuf(writeTraces(traces));
}
