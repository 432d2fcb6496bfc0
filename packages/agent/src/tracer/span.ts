/**
 * One recorded operation. Flat, and laid out for the exporter, which writes it as OTLP bytes in
 * `onEnd` and keeps nothing of it. What it reads:
 *
 *     identity.traceId.a … d, identity.idHigh, idLow      the ids as 32-bit words
 *     parentIdHigh, parentIdLow                           0 and 0 on a root span
 *     identity.traceState, otlpFlags()                    text; the W3C flags with OTLP's remote bits
 *     startSeconds + startNanos, endSeconds + endNanos    since 1970; `writeUnixNano` of clock.ts writes them
 *     attributes, block                                   [key, value, key, value, …], see attributes.ts
 *     events, links                                       undefined until there is one
 *     droppedAttributes, droppedEvents, droppedLinks      counts
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/api/#span
 */
import type * as api from '@opentelemetry/api';
import type { SpanKindNumber, StatusCodeNumber } from '@sightline/wire';
import {
  type AttributeBlock,
  type AttributeList,
  limitAttributes,
  putAttribute,
  putAttributes,
  readAttribute,
} from './attributes.ts';
import { type ClockAnchor, instant, isTimeInput, readRelative, readTimeInput } from './clock.ts';
import { exceptionAttributes } from './exception.ts';
import { hexOfSpanId } from './ids.ts';
import { type NonRecordingSpan, readSpanContext } from './non-recording-span.ts';
import { settings } from './settings.ts';
import { asText } from './text.ts';

/** Who makes the spans: a library of ours, or what the program gave to `getTracer`. Compared by identity. */
export interface Scope {
  readonly name: string;
  /** Empty where there is none. */
  readonly version: string;
  readonly schemaUrl?: string;
}

export interface SpanEvent {
  readonly name: string;
  readonly seconds: number;
  readonly nanos: number;
  readonly attributes: AttributeList;
  readonly droppedAttributes: number;
}

export interface SpanLink {
  /** The ids, flags and trace state of the linked span. */
  readonly span: NonRecordingSpan;
  readonly attributes: AttributeList;
  readonly droppedAttributes: number;
}

/** Below this limit for all attributes of a span, those of a block are counted one by one. */
const blockCount = 64;

/** OTLP's flags: whether the next bit says anything, and whether the parent is in another process. */
const hasIsRemoteFlag = 0x100;
const isRemoteFlag = 0x200;

export class Span implements api.Span {
  readonly scope: Scope;
  readonly identity: NonRecordingSpan;
  readonly parentIdHigh: number;
  readonly parentIdLow: number;
  readonly parentIsRemote: boolean;
  readonly anchor: ClockAnchor;
  name: string;
  kind: SpanKindNumber;
  startSeconds: number;
  startNanos: number;
  endSeconds = 0;
  endNanos = 0;
  ended = false;
  statusCode: StatusCodeNumber = 0;
  statusMessage = '';
  attributes: AttributeList;
  /** More attributes, until one of them is set on this span. */
  block: AttributeBlock | undefined;
  events: SpanEvent[] | undefined = undefined;
  links: SpanLink[] | undefined = undefined;
  droppedAttributes = 0;
  droppedEvents = 0;
  droppedLinks = 0;

  /**
   * Starts now or, by `start`, at another time.
   * @param attributes becomes the span's own list
   * @param block has none of their keys
   */
  constructor(
    scope: Scope,
    identity: NonRecordingSpan,
    parent: NonRecordingSpan | undefined,
    name: string,
    kind: SpanKindNumber,
    anchor: ClockAnchor,
    startMs: number,
    attributes: AttributeList,
    block: AttributeBlock | undefined,
  ) {
    this.scope = scope;
    this.identity = identity;
    this.parentIdHigh = parent === undefined ? 0 : parent.idHigh;
    this.parentIdLow = parent === undefined ? 0 : parent.idLow;
    this.parentIsRemote = parent?.isRemote ?? false;
    this.anchor = anchor;
    this.name = name;
    this.kind = kind;
    readRelative(anchor, startMs);
    this.startSeconds = instant.seconds;
    this.startNanos = instant.nanos;
    this.attributes = attributes;
    this.block = block;
    if (attributes.length > 0) this.#limitAttributes();
    identity.recording = this;
  }

  /** In place of the time at which it was made. */
  startAt(time: api.TimeInput): void {
    readTimeInput(this.anchor, time);
    this.startSeconds = instant.seconds;
    this.startNanos = instant.nanos;
  }

  #limitAttributes(): void {
    const { attributeCount, attributeValueLength } = settings.limits;
    if (this.block !== undefined && attributeCount < blockCount) this.#openBlock(this.block);
    this.droppedAttributes = limitAttributes(this.attributes, attributeCount, attributeValueLength);
  }

  /** From here on each of its attributes can be set. */
  #openBlock(block: AttributeBlock): void {
    this.block = undefined;
    this.attributes = [...this.attributes, ...block.list];
  }

  end(endTime?: api.TimeInput): void {
    if (this.ended) return;
    readTimeInput(this.anchor, endTime);
    this.endSeconds = instant.seconds;
    this.endNanos = instant.nanos;
    if (this.#endsBeforeStart()) {
      this.endSeconds = this.startSeconds;
      this.endNanos = this.startNanos;
    }
    this.ended = true;
    this.identity.recording = undefined;
    settings.onEnd(this);
  }

  #endsBeforeStart(): boolean {
    const seconds = this.endSeconds - this.startSeconds;
    return seconds < 0 || (seconds === 0 && this.endNanos < this.startNanos);
  }

  setAttribute(key: string, value: unknown): this {
    if (this.ended || typeof key !== 'string' || key === '') return this;
    const { attributeCount, attributeValueLength } = settings.limits;
    if (this.block?.list.includes(key)) this.#openBlock(this.block);
    const kept = readAttribute(value, attributeValueLength);
    if (kept !== undefined && !putAttribute(this.attributes, key, kept, attributeCount)) this.droppedAttributes++;
    return this;
  }

  /** `setAttribute` for the agent, with a key that is not in the block. */
  put(key: string, value: string | number): void {
    if (this.ended) return;
    const { attributeCount, attributeValueLength } = settings.limits;
    const isLong = typeof value === 'string' && value.length > attributeValueLength;
    const kept = isLong ? value.slice(0, attributeValueLength) : value;
    if (!putAttribute(this.attributes, key, kept, attributeCount)) this.droppedAttributes++;
  }

  setAttributes(attributes: api.Attributes): this {
    if (this.ended) return this;
    const { attributeCount, attributeValueLength } = settings.limits;
    if (this.block !== undefined) this.#openBlock(this.block);
    this.droppedAttributes += putAttributes(this.attributes, attributes, attributeCount, attributeValueLength);
    return this;
  }

  /** `addEvent(name)`, `(name, time)`, `(name, attributes)` or `(name, attributes, time)`. */
  addEvent(name: string, attributesOrTime?: api.Attributes | api.TimeInput, time?: api.TimeInput): this {
    if (this.ended) return this;
    if (isTimeInput(attributesOrTime)) return this.#addEvent(name, undefined, time ?? attributesOrTime);
    return this.#addEvent(name, attributesOrTime, time);
  }

  #addEvent(name: string, from: api.Attributes | undefined, time: api.TimeInput | undefined): this {
    const { eventCount, attributeCountPerEvent, attributeValueLength } = settings.limits;
    const attributes: AttributeList = [];
    const droppedAttributes = putAttributes(attributes, from, attributeCountPerEvent, attributeValueLength);
    readTimeInput(this.anchor, time);
    this.events ??= [];
    this.events.push({
      name: asText(name),
      seconds: instant.seconds,
      nanos: instant.nanos,
      attributes,
      droppedAttributes,
    });
    if (this.events.length > eventCount) {
      this.events.shift(); // the newest stay: an exception often comes last
      this.droppedEvents++;
    }
    return this;
  }

  addLink(link: api.Link): this {
    if (this.ended) return this;
    const { linkCount, attributeCountPerLink, attributeValueLength } = settings.limits;
    const span = readSpanContext(link?.context);
    if (span === undefined) return this;
    const attributes: AttributeList = [];
    const droppedAttributes = putAttributes(attributes, link.attributes, attributeCountPerLink, attributeValueLength);
    // A link to nowhere says something only by what else it holds.
    if (!span.isValid() && attributes.length === 0 && span.traceState === '') return this;
    this.links ??= [];
    this.links.push({ span, attributes, droppedAttributes });
    if (this.links.length > linkCount) {
      this.links.shift();
      this.droppedLinks++;
    }
    return this;
  }

  addLinks(links: api.Link[]): this {
    if (Array.isArray(links)) for (const link of links) this.addLink(link);
    return this;
  }

  /** Ok is final, unset changes nothing, and only an error has a message. */
  setStatus(status: api.SpanStatus): this {
    const code = status?.code;
    if (this.ended || this.statusCode === 1 || (code !== 1 && code !== 2)) return this;
    this.statusCode = code;
    this.statusMessage = code === 2 ? asText(status.message) : '';
    return this;
  }

  updateName(name: string): this {
    if (!this.ended) this.name = asText(name);
    return this;
  }

  /** Adds an `exception` event. The status stays as it is: whether it is an error, the caller knows. */
  recordException(exception: unknown, time?: api.TimeInput): void {
    if (this.ended) return;
    const attributes = exceptionAttributes(exception);
    if (attributes !== undefined) this.#addEvent('exception', attributes, time);
  }

  isRecording(): boolean {
    return !this.ended;
  }

  spanContext(): api.SpanContext {
    return this.identity.spanContext();
  }

  /** Whether there are events, links, or anything that was dropped. */
  get hasDetails(): boolean {
    return (
      this.events !== undefined ||
      this.links !== undefined ||
      (this.droppedAttributes | this.droppedEvents | this.droppedLinks) !== 0
    );
  }

  /** The `flags` field of an OTLP span. */
  otlpFlags(): number {
    return this.identity.flags | hasIsRemoteFlag | (this.parentIsRemote ? isRemoteFlag : 0);
  }

  /** 16 lower-case hex digits; undefined on a root span. */
  parentSpanIdHex(): string | undefined {
    if ((this.parentIdHigh | this.parentIdLow) === 0) return undefined;
    return hexOfSpanId(this.parentIdHigh, this.parentIdLow);
  }
}
