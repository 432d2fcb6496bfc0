import type { ProtobufReader } from '@sightline/wire';
import type { AttributeList } from './attribute-list.ts';
import { bytesTag, fixed32Tag, fixed64Tag, Slice, varintTag } from './message-fields.ts';

/** One span's scalar fields, and how many events and links it has. */
export class SpanFields {
  readonly traceId: Slice = new Slice();
  readonly spanId: Slice = new Slice();
  readonly parentSpanId: Slice = new Slice();
  readonly traceState: Slice = new Slice();
  readonly name: Slice = new Slice();
  readonly statusMessage: Slice = new Slice();
  kind = 0;
  flags = 0;
  startLow = 0;
  startHigh = 0;
  endLow = 0;
  endHigh = 0;
  statusCode = 0;
  droppedAttributes = 0;
  droppedEvents = 0;
  droppedLinks = 0;
  eventCount = 0;
  linkCount = 0;
  /** More than one: none of them may be wrong. */
  #hasParents = false;

  #clear(): void {
    this.traceId.clear();
    this.spanId.clear();
    this.parentSpanId.clear();
    this.traceState.clear();
    this.name.clear();
    this.statusMessage.clear();
    this.kind = this.flags = this.statusCode = 0;
    this.startLow = this.startHigh = this.endLow = this.endHigh = 0;
    this.droppedAttributes = this.droppedEvents = this.droppedLinks = 0;
    this.eventCount = this.linkCount = 0;
    this.#hasParents = false;
  }

  /** Ids as they should be, and nothing else that would have to be looked at: most spans, which `spanRefusal` then need not read again. */
  isPlain(bytes: Uint8Array): boolean {
    const parentSize = this.parentSpanId.end - this.parentSpanId.start;
    return (
      this.linkCount === 0 &&
      !this.#hasParents &&
      (parentSize === 8 || parentSize === 0) &&
      isId(bytes, this.traceId, 16) &&
      isId(bytes, this.spanId, 8)
    );
  }

  /** Reads the span that the reader stands in; its attributes go to `attributes`. */
  scan(reader: ProtobufReader, attributes: AttributeList): void {
    this.#clear();
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case bytesTag(1):
          this.traceId.take(reader);
          break;
        case bytesTag(2):
          this.spanId.take(reader);
          break;
        case bytesTag(3):
          this.traceState.take(reader);
          break;
        case bytesTag(4):
          this.#hasParents = this.parentSpanId.end > 0;
          this.parentSpanId.take(reader);
          break;
        case bytesTag(5):
          this.name.take(reader);
          break;
        case varintTag(6):
          this.kind = enumValue(reader);
          break;
        case fixed64Tag(7):
          reader.fixed64();
          this.startLow = reader.low;
          this.startHigh = reader.high;
          break;
        case fixed64Tag(8):
          reader.fixed64();
          this.endLow = reader.low;
          this.endHigh = reader.high;
          break;
        case bytesTag(9):
          attributes.take(reader);
          break;
        case varintTag(10):
          this.droppedAttributes = reader.varint();
          break;
        case bytesTag(11):
          this.eventCount++;
          reader.skip(tag);
          break;
        case varintTag(12):
          this.droppedEvents = reader.varint();
          break;
        case bytesTag(13):
          this.linkCount++;
          reader.skip(tag);
          break;
        case varintTag(14):
          this.droppedLinks = reader.varint();
          break;
        case bytesTag(15):
          this.#scanStatus(reader);
          break;
        case fixed32Tag(16):
          this.flags = reader.fixed32();
          break;
        default:
          reader.skip(tag);
      }
    }
  }

  #scanStatus(reader: ProtobufReader): void {
    const { limit } = reader;
    reader.limit = reader.delimited();
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === bytesTag(2)) this.statusMessage.take(reader);
      else if (tag === varintTag(3)) this.statusCode = enumValue(reader);
      else reader.skip(tag);
    }
    reader.limit = limit;
  }
}

function isId(bytes: Uint8Array, { start, end }: Slice, size: number): boolean {
  let bits = 0;
  for (let i = start; i < end; i++) bits |= bytes[i] as number;
  return end - start === size && bits !== 0;
}

/** Enums are open: a value that has no name yet is kept as far as the column can hold it. */
function enumValue(reader: ProtobufReader): number {
  const value = reader.varint();
  return reader.high === 0 && value < 256 ? value : 0;
}
