/**
 * Holds incoming protobuf bytes against tables, OTLP's or another format's, without building anything: after this,
 * every length fits, every wire type is the right one and nesting is bounded, so the ingest's hot
 * path can walk the same bytes again without asking. Where the bytes are wrong, a second, slow
 * walk finds out the path of the field at fault.
 */
import { DecodeError } from './decode-error.ts';
import { type Field, type Message, maxDepth, spanMessage, tracesData } from './otlp-fields.ts';
import { ProtobufReader, wireBytes, wireTypeOf } from './protobuf-reader.ts';
import { shortAttributeEnd } from './short-attribute.ts';
import { spanRefusal } from './span-refusal.ts';

const spanAttributes = (9 << 3) | wireBytes;

export interface TracesCheck {
  /** Spans that can be kept. */
  spanCount: number;
  /** Spans that are well-formed but belong to no trace (`spanRefusal`). */
  refusedCount: number;
  /** Path and reason of the first of them. */
  firstRefusal?: string;
  /**
   * A field that should be there once came in pieces, which protobuf allows and means to be merged. Only
   * `readTraces` merges: write its result anew before anything else reads these bytes.
   */
  isInPieces: boolean;
  /** What the spans take when each has its resource and scope with it, as rows do: a large resource on many spans is far more than it looks. */
  spreadBytes: number;
}

/** Of messages of any format; `traces` stays as it is where there are no spans of OTLP. */
export interface ProtobufCheck {
  traces: TracesCheck;
  /** Of all kinds, however deep. */
  messageCount: number;
}

/** @throws DecodeError with byte offset and field path */
export function checkTraces(bytes: Uint8Array): TracesCheck {
  return checkProtobuf(bytes, tracesData).traces;
}

/** @param root what the bytes are. @throws DecodeError with byte offset and field path */
export function checkProtobuf(bytes: Uint8Array, root: Message): ProtobufCheck {
  const check: ProtobufCheck = {
    traces: { spanCount: 0, refusedCount: 0, isInPieces: false, spreadBytes: bytes.length },
    messageCount: 0,
  };
  try {
    checkMessage(new ProtobufReader(bytes), root, 0, check);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new DecodeError(error.byteOffset, pathAt(bytes, root, error.byteOffset), error.problem);
  }
  return check;
}

function checkMessage(reader: ProtobufReader, message: Message, depth: number, check: ProtobufCheck): void {
  const start = reader.position;
  const spansBefore = check.traces.spanCount;
  let seen = 0;
  let sharedBytes = 0;
  check.messageCount++;
  if (depth > maxDepth) throw new DecodeError(start, '', `values are nested more than ${maxDepth} deep`);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === spanAttributes && message === spanMessage && skipShortAttribute(reader, check)) continue;
    const field = message.fields[tag >>> 3];
    if (field === undefined) {
      reader.skip(tag);
      continue;
    }
    reader.expect(tag, wireTypeOf(field.type));
    if (field.message === undefined) {
      reader.skip(tag);
      continue;
    }
    const { limit } = reader;
    reader.limit = reader.delimited();
    if (!field.isRepeated) {
      if ((seen & (1 << field.number)) !== 0) check.traces.isInPieces = true;
      seen |= 1 << field.number;
      sharedBytes += reader.limit - reader.position;
    }
    checkMessage(reader, field.message, depth + 1, check);
    reader.limit = limit;
  }
  check.traces.spreadBytes += sharedBytes * (check.traces.spanCount - spansBefore);
  if (message === spanMessage) countSpan(reader, start, check.traces);
}

/** @returns false where it has to be looked into */
function skipShortAttribute(reader: ProtobufReader, check: ProtobufCheck): boolean {
  const end = shortAttributeEnd(reader.bytes, reader.position, reader.limit);
  if (end < 0) return false;
  reader.position = end;
  check.messageCount += 2;
  return true;
}

function countSpan(reader: ProtobufReader, start: number, check: TracesCheck): void {
  const { limit } = reader;
  reader.position = start;
  const refusal = spanRefusal(reader);
  reader.position = reader.limit = limit;
  if (refusal === undefined) check.spanCount++;
  else if (check.refusedCount++ === 0)
    check.firstRefusal = `${pathAt(reader.bytes, tracesData, start - 1)}: ${refusal}`;
}

/** Which field stands at `offset`, as far as the bytes before it can be read. */
function pathAt(bytes: Uint8Array, root: Message, offset: number): string {
  const reader = new ProtobufReader(bytes);
  const path: string[] = [];
  let message: Message | undefined = root;
  while (message) {
    const field = fieldAt(reader, message, offset);
    if (!field) break;
    path.push(field.label);
    message = field.message;
  }
  return path.join('.');
}

/** The field that contains `offset`; the reader stands at its content after, if that is a message. */
function fieldAt(
  reader: ProtobufReader,
  message: Message,
  offset: number,
): { label: string; message?: Message } | undefined {
  const counts = new Map<Field, number>();
  while (reader.position < reader.limit) {
    let field: Field | undefined;
    let label = '';
    try {
      const tag = reader.tag();
      field = message.fields[tag >>> 3];
      label = labelOf(tag >>> 3, field, counts);
      if (field?.message && (tag & 7) === wireBytes) {
        const end = reader.delimited();
        if (offset >= reader.position && offset < end) {
          reader.limit = end;
          return { label, message: field.message };
        }
        reader.position = end;
      } else reader.skip(tag);
    } catch {
      // This is the broken one: the caller has the error already and wants to know its name.
      return label === '' ? undefined : { label };
    }
    if (reader.position > offset) return { label };
  }
  return undefined;
}

function labelOf(number: number, field: Field | undefined, counts: Map<Field, number>): string {
  if (!field) return `(field ${number})`;
  if (!field.isRepeated) return field.name;
  const index = counts.get(field) ?? 0;
  counts.set(field, index + 1);
  return `${field.name}[${index}]`;
}
