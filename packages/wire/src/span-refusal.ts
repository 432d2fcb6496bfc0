import { type ProtobufReader, wireBytes } from './protobuf-reader.ts';

const spanTraceId = (1 << 3) | wireBytes;
const spanSpanId = (2 << 3) | wireBytes;
const spanParentSpanId = (4 << 3) | wireBytes;
const spanLinks = (13 << 3) | wireBytes;
const linkTraceId = (1 << 3) | wireBytes;
const linkSpanId = (2 << 3) | wireBytes;

/**
 * Why a well-formed span cannot be kept; undefined for a good one. OTLP requires ids of 16 and 8
 * bytes that are not all zero; a span without them belongs to no trace. The reader stands
 * at the span's first byte with `limit` at its end, and is left anywhere in between.
 */
export function spanRefusal(reader: ProtobufReader): string | undefined {
  let traceId: string | undefined = 'is missing';
  let spanId: string | undefined = 'is missing';
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === spanTraceId) traceId = idProblem(reader, 16);
    else if (tag === spanSpanId) spanId = idProblem(reader, 8);
    else if (tag === spanParentSpanId) {
      const problem = optionalIdProblem(reader, 8);
      if (problem) return `parentSpanId ${problem}`;
    } else if (tag === spanLinks) {
      const problem = linkProblem(reader);
      if (problem) return problem;
    } else reader.skip(tag);
  }
  if (traceId) return `traceId ${traceId}`;
  return spanId && `spanId ${spanId}`;
}

function linkProblem(reader: ProtobufReader): string | undefined {
  const { limit } = reader;
  reader.limit = reader.delimited();
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    const size = tag === linkTraceId ? 16 : tag === linkSpanId ? 8 : 0;
    const problem = size === 0 ? reader.skip(tag) : optionalIdProblem(reader, size);
    if (problem) return `links: ${size === 16 ? 'traceId' : 'spanId'} ${problem}`;
  }
  reader.limit = limit;
  return undefined;
}

function idProblem(reader: ProtobufReader, size: number): string | undefined {
  const end = reader.delimited();
  const length = end - reader.position;
  let bits = 0;
  while (reader.position < end) bits |= reader.bytes[reader.position++] ?? 0;
  if (length !== size) return `has ${length} bytes, not ${size}`;
  return bits === 0 ? 'is all zeros' : undefined;
}

/** Absent, empty and all zeros mean the same: none. */
function optionalIdProblem(reader: ProtobufReader, size: number): string | undefined {
  const end = reader.delimited();
  const length = end - reader.position;
  reader.position = end;
  return length === 0 || length === size ? undefined : `has ${length} bytes, not ${size}`;
}
