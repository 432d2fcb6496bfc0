import { AttributeList } from './attribute-list';
import { isZero } from './bytes';
import { delimited, fixed32, fixed64, Reader, Slice, skip } from './reader';

/** One span's scalar fields, and how many events and links it has. */
export class SpanFields {
  readonly traceId: Slice = new Slice();
  readonly spanId: Slice = new Slice();
  readonly parentSpanId: Slice = new Slice();
  readonly traceState: Slice = new Slice();
  readonly name: Slice = new Slice();
  readonly statusMessage: Slice = new Slice();
  readonly attributes: AttributeList = new AttributeList();
  kind: u32 = 0;
  flags: u32 = 0;
  /** Nanoseconds since 1970. */
  startNano: u64 = 0;
  endNano: u64 = 0;
  statusCode: u32 = 0;
  droppedAttributes: u32 = 0;
  droppedEvents: u32 = 0;
  droppedLinks: u32 = 0;
  eventCount: u32 = 0;
  linkCount: u32 = 0;
  /** More than one: none of them may be wrong. */
  private hasParents: bool = false;

  private clear(): void {
    this.traceId.clear();
    this.spanId.clear();
    this.parentSpanId.clear();
    this.traceState.clear();
    this.name.clear();
    this.statusMessage.clear();
    this.attributes.clear();
    this.kind = this.flags = this.statusCode = 0;
    this.startNano = this.endNano = 0;
    this.droppedAttributes = this.droppedEvents = this.droppedLinks = 0;
    this.eventCount = this.linkCount = 0;
    this.hasParents = false;
  }

  /** Ids as they should be, and nothing else that would have to be looked at: most spans, which the host then need not read again. */
  get isPlain(): bool {
    const parentSize = this.parentSpanId.size;
    return (
      this.linkCount === 0 &&
      !this.hasParents &&
      (parentSize === 8 || parentSize === 0) &&
      isId(this.traceId, 16) &&
      isId(this.spanId, 8)
    );
  }

  /** Reads the span that the reader stands in, up to its limit. */
  scan(): void {
    this.clear();
    for (let tag = Reader.tag(); tag !== 0; tag = Reader.tag()) this.take(tag);
  }

  private take(tag: u32): void {
    switch (tag) {
      case 0x0a:
        this.traceId.take();
        break;
      case 0x12:
        this.spanId.take();
        break;
      case 0x1a:
        this.traceState.take();
        break;
      case 0x22:
        this.hasParents = this.parentSpanId.end > 0;
        this.parentSpanId.take();
        break;
      case 0x2a:
        this.name.take();
        break;
      case 0x30:
        this.kind = enumValue();
        break;
      case 0x39:
        this.startNano = fixed64();
        break;
      case 0x41:
        this.endNano = fixed64();
        break;
      case 0x4a:
        this.attributes.take();
        break;
      case 0x50:
        this.droppedAttributes = Reader.varint() as u32;
        break;
      case 0x5a:
        this.eventCount++;
        skip(tag);
        break;
      case 0x60:
        this.droppedEvents = Reader.varint() as u32;
        break;
      case 0x6a:
        this.linkCount++;
        skip(tag);
        break;
      case 0x70:
        this.droppedLinks = Reader.varint() as u32;
        break;
      case 0x7a:
        this.scanStatus();
        break;
      case 0x85:
        this.flags = fixed32();
        break;
      default:
        skip(tag);
    }
  }

  private scanStatus(): void {
    const limit = Reader.limit;
    Reader.limit = delimited();
    for (let tag = Reader.tag(); tag !== 0; tag = Reader.tag()) {
      if (tag === 0x12) this.statusMessage.take();
      else if (tag === 0x18) this.statusCode = enumValue();
      else skip(tag);
    }
    Reader.limit = limit;
  }
}

function isId(id: Slice, size: usize): bool {
  return id.size === size && !isZero(id.start, size);
}

/** Enums are open: a value that has no name yet is kept as far as the column can hold it. */
function enumValue(): u32 {
  const value = Reader.varint();
  return value < 256 ? (value as u32) : 0;
}
