/**
 * Finished spans as bytes, grouped by their scope, until they are taken as one request body. A span
 * is encoded in the moment it ends, and nothing of it is kept: what the garbage collector would have
 * to walk stays small, and taking a batch copies bytes only.
 *
 *     ExportTraceServiceRequest
 *     0a len  ResourceSpans
 *             0a len resource        encoded once
 *             12 len ScopeSpans
 *                    0a len scope    encoded once per scope
 *                    12 len span     written as each ends
 *                    12 len span
 *                    1a schema URL   encoded once per scope
 *             12 len ScopeSpans …
 */
import type { AttributeList } from '../tracer/attributes.ts';
import type { Scope, Span } from '../tracer/span.ts';
import { writeAttributes } from './attribute-encoder.ts';
import { ProtoWriter, varintWidth } from './proto-writer.ts';
import { writeSpan } from './span-encoder.ts';

/** A request body with some spans in it. Two bodies one after the other are a valid body too. */
export interface Batch {
  readonly bytes: Uint8Array;
  readonly spanCount: number;
}

/** What a scope's memory starts with, and shrinks back to after a burst. */
const usualBytes = 8_192;
const largestKeptBytes = 262_144;

/** Beyond this many scopes those without spans are forgotten: a program may make a tracer per request. */
const maxKeptScopes = 64;

interface ScopeSpans {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
  readonly writer: ProtoWriter;
}

export class SpanBuffer {
  /** Of the spans alone. */
  sizeBytes = 0;
  spanCount = 0;
  readonly #describeResource: () => AttributeList;
  #resource: Uint8Array | undefined;
  readonly #scopes = new Map<Scope, ScopeSpans>();
  #lastScope: Scope | undefined;
  #last: ScopeSpans | undefined;

  /** @param describeResource called once, for the first batch */
  constructor(describeResource: () => AttributeList) {
    this.#describeResource = describeResource;
  }

  add(span: Span): void {
    const { writer } = span.scope === this.#lastScope && this.#last ? this.#last : this.#spansOf(span.scope);
    const start = writer.at;
    try {
      writeSpan(writer, span);
    } catch (error) {
      writer.at = start; // half a span would make the whole batch unreadable
      throw error;
    }
    this.sizeBytes += writer.at - start;
    this.spanCount++;
  }

  #spansOf(scope: Scope): ScopeSpans {
    let spans = this.#scopes.get(scope);
    if (spans === undefined) {
      spans = newScopeSpans(scope);
      this.#scopes.set(scope, spans);
    }
    this.#lastScope = scope;
    this.#last = spans;
    return spans;
  }

  /** @returns everything so far as one body, and forgets it; undefined where there is nothing */
  take(): Batch | undefined {
    if (this.spanCount === 0) return undefined;
    const batch = { bytes: this.#encode(), spanCount: this.spanCount };
    this.#reset();
    return batch;
  }

  #encode(): Uint8Array {
    this.#resource ??= encodeResource(this.#describeResource());
    let length = this.#resource.length;
    for (const spans of this.#scopes.values()) {
      if (spans.writer.at > 0) length += blockBytes(contentBytes(spans));
    }
    const body = new ProtoWriter(blockBytes(length));
    body.byte(0x0a);
    body.varint(length);
    body.raw(this.#resource);
    for (const spans of this.#scopes.values()) {
      if (spans.writer.at > 0) writeScopeSpans(body, spans);
    }
    return body.bytes;
  }

  #reset(): void {
    this.sizeBytes = 0;
    this.spanCount = 0;
    for (const { writer } of this.#scopes.values()) {
      writer.at = 0;
      if (writer.bytes.length > largestKeptBytes) writer.bytes = Buffer.allocUnsafeSlow(usualBytes);
    }
    if (this.#scopes.size <= maxKeptScopes) return;
    this.#scopes.clear();
    this.#lastScope = undefined;
    this.#last = undefined;
  }
}

function encodeResource(resource: AttributeList): Uint8Array {
  const writer = new ProtoWriter(1_024);
  const mark = writer.open(0x0a, 2);
  writeAttributes(writer, 0x0a, resource);
  writer.close(mark, 2);
  return writtenBytes(writer);
}

function newScopeSpans({ name, version, schemaUrl }: Scope): ScopeSpans {
  const head = new ProtoWriter(64);
  const mark = head.open(0x0a, 1);
  writeText(head, 0x0a, name);
  writeText(head, 0x12, version);
  head.close(mark, 1);
  const tail = new ProtoWriter(64);
  writeText(tail, 0x1a, schemaUrl ?? '');
  return { head: writtenBytes(head), tail: writtenBytes(tail), writer: new ProtoWriter(usualBytes) };
}

function writeText(writer: ProtoWriter, tag: number, text: string): void {
  if (text === '') return;
  writer.reserve(1);
  writer.byte(tag);
  writer.text(text);
}

function writeScopeSpans(body: ProtoWriter, spans: ScopeSpans): void {
  const { head, tail, writer } = spans;
  body.byte(0x12);
  body.varint(contentBytes(spans));
  body.raw(head);
  writer.bytes.copy(body.bytes, body.at, 0, writer.at);
  body.at += writer.at;
  body.raw(tail);
}

function contentBytes({ head, tail, writer }: ScopeSpans): number {
  return head.length + writer.at + tail.length;
}

/** A field with a length: tag, length, content. */
function blockBytes(length: number): number {
  return 1 + varintWidth(length) + length;
}

function writtenBytes(writer: ProtoWriter): Uint8Array {
  return Uint8Array.from(writer.bytes.subarray(0, writer.at));
}
