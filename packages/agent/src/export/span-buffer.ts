/**
 * Finished spans as bytes, grouped by their scope, until they are taken as one request body. A span
 * is encoded in the moment it ends, and nothing of it is kept: what the garbage collector would have
 * to walk stays small, and a batch is handed on without copying what is in it.
 *
 *     ExportTraceServiceRequest
 *     0a len  ResourceSpans
 *             0a len resource        encoded once
 *             12 len ScopeSpans
 *                    0a len scope    encoded once per scope
 *                    12 len span     written as each ends, into chunks
 *                    12 len span
 *                    1a schema URL   encoded once per scope
 *             12 len ScopeSpans …
 */
import type { AttributeList } from '../tracer/attributes.ts';
import type { Scope, Span } from '../tracer/span.ts';
import { writeAttributes } from './attribute-encoder.ts';
import type { Batch } from './batch.ts';
import { chunkBytes, takeChunk } from './chunk-pool.ts';
import { ProtoWriter, varintWidth } from './proto-writer.ts';
import { writeSpan } from './span-encoder.ts';

/** What a scope's memory starts with, and keeps while little is going on. */
const usualBytes = 8_192;
/** A chunk is full when a span like the last might not fit. The writer asks for more than it takes: a text may be all umlauts. */
const spareBytes = 1_024;
const spareSpans = 4;

/** Beyond this many scopes those without spans are forgotten: a program may make a tracer per request. */
const maxKeptScopes = 64;

interface ScopeSpans {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
  readonly full: Uint8Array[];
  fullBytes: number;
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

  /** @param describeResource called for the first batch, and again after {@link forgetResource} */
  constructor(describeResource: () => AttributeList) {
    this.#describeResource = describeResource;
  }

  add(span: Span): void {
    const spans = span.scope === this.#lastScope && this.#last ? this.#last : this.#spansOf(span.scope);
    const { writer } = spans;
    const start = writer.at;
    try {
      writeSpan(writer, span);
    } catch (error) {
      writer.at = start; // half a span would make the whole batch unreadable
      throw error;
    }
    const spanBytes = writer.at - start;
    this.sizeBytes += spanBytes;
    this.spanCount++;
    if (writer.at > chunkBytes - spareBytes - spareSpans * spanBytes) setAside(spans, takeChunk());
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

  /** The resource says something else from now on; what is in here was made under the old one. */
  forgetResource(): void {
    this.#resource = undefined;
  }

  /** @returns everything so far as one body, and forgets it; undefined where there is nothing */
  take(): Batch | undefined {
    if (this.spanCount === 0) return undefined;
    const batch = this.#assemble();
    this.sizeBytes = 0;
    this.spanCount = 0;
    if (this.#scopes.size > maxKeptScopes) this.#forgetScopes();
    return batch;
  }

  #assemble(): Batch {
    this.#resource ??= encodeResource(this.#describeResource());
    const filled = [...this.#scopes.values()].filter((spans) => spans.fullBytes + spans.writer.at > 0);
    for (const spans of filled) setAsideRest(spans);
    let length = this.#resource.length;
    for (const spans of filled) length += blockBytes(contentBytes(spans));
    const parts: Uint8Array[] = [messageHead(length), this.#resource];
    for (const spans of filled) handOver(spans, parts);
    return { parts, sizeBytes: blockBytes(length), spanCount: this.spanCount, wasSent: false };
  }

  #forgetScopes(): void {
    this.#scopes.clear();
    this.#lastScope = undefined;
    this.#last = undefined;
  }
}

/** What is written so far is final; writing goes on in another chunk. */
function setAside(spans: ScopeSpans, chunk: Buffer): void {
  const { writer } = spans;
  spans.full.push(written(writer));
  spans.fullBytes += writer.at;
  writer.bytes = chunk;
  writer.at = 0;
}

/** Much of the chunk is empty: then its spans are copied, so that a batch that waits holds no more than it needs. */
function isWasteful({ bytes, at }: ProtoWriter): boolean {
  return at < bytes.length * 0.75;
}

function written(writer: ProtoWriter): Uint8Array {
  const used = writer.bytes.subarray(0, writer.at);
  return isWasteful(writer) ? Uint8Array.from(used) : used;
}

function setAsideRest(spans: ScopeSpans): void {
  if (spans.writer.at > 0) setAside(spans, nextChunk(spans.writer));
}

function nextChunk(writer: ProtoWriter): Buffer {
  const { bytes } = writer;
  if (bytes.length >= chunkBytes) return bytes.length === chunkBytes && isWasteful(writer) ? bytes : takeChunk();
  return isWasteful(writer) ? bytes : Buffer.allocUnsafeSlow(bytes.length);
}

function handOver(spans: ScopeSpans, parts: Uint8Array[]): void {
  parts.push(scopeHead(spans), ...spans.full);
  if (spans.tail.length > 0) parts.push(spans.tail);
  spans.full.length = 0;
  spans.fullBytes = 0;
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
  const writer = new ProtoWriter(usualBytes);
  return { head: writtenBytes(head), tail: writtenBytes(tail), full: [], fullBytes: 0, writer };
}

function writeText(writer: ProtoWriter, tag: number, text: string): void {
  if (text === '') return;
  writer.reserve(1);
  writer.byte(tag);
  writer.text(text);
}

/** @param length of the ResourceSpans message */
function messageHead(length: number): Uint8Array {
  const writer = new ProtoWriter(12);
  writer.byte(0x0a);
  writer.varint(length);
  return writtenBytes(writer);
}

function scopeHead(spans: ScopeSpans): Uint8Array {
  const writer = new ProtoWriter(spans.head.length + 12);
  writer.byte(0x12);
  writer.varint(contentBytes(spans));
  writer.raw(spans.head);
  return writtenBytes(writer);
}

function contentBytes({ head, tail, fullBytes }: ScopeSpans): number {
  return head.length + fullBytes + tail.length;
}

/** A field with a length: tag, length, content. */
function blockBytes(length: number): number {
  return 1 + varintWidth(length) + length;
}

function writtenBytes(writer: ProtoWriter): Uint8Array {
  return Uint8Array.from(writer.bytes.subarray(0, writer.at));
}
