/** OTLP's two encodings. What comes as protobuf stays the bytes it is. */
import { checkTraces, readTraces, readTracesJson, type TracesData, writeTraces } from '@sightline/wire';
import type { Translation } from './translation.ts';

export function translateOtlpProtobuf(bytes: Uint8Array): Translation {
  const { isInPieces, ...check } = checkTraces(bytes);
  return { payload: isInPieces ? writeTraces(readTraces(bytes)) : bytes, ...check };
}

export function translateOtlpJson(bytes: Uint8Array): Translation {
  return translationOf(readTracesJson(bytes));
}

/** For formats that become objects on their way. */
export function translationOf(traces: TracesData): Translation {
  return translateOtlpProtobuf(writeTraces(traces));
}
