/**
 * OTLP protobuf bytes → blocks of ClickHouse's Native format, column by column and without an object per span or
 * attribute: this is the ingest's hot path. A span is scanned once, which notes where its fields stand (they may come in any
 * order), and then appended to each column. What it has from its resource is numbered once and copied.
 *
 * The input was checked on arrival (`checkTraces`); spans that were refused there are left out here by the same rule.
 */
import { ProtobufReader, spanRefusal } from '@sightline/wire';
import { keyValuesJson } from './any-value-json.ts';
import { AttributeList } from './attribute-list.ts';
import { AttributeMaps } from './attribute-maps.ts';
import { BatchCounts, unixSeconds } from './batch-counts.ts';
import { TextColumn } from './columns.ts';
import { appendId } from './link-columns.ts';
import { bytesTag, eachField, Slice, varintTag } from './message-fields.ts';
import { type NativeBlock, nativeBlock } from './native-block.ts';
import { isOfShard, type ShardFilter } from './shard-filter.ts';
import { SlotCounts } from './slot-counts.ts';
import type { SpanBatch } from './span-batch.ts';
import { SpanColumns } from './span-columns.ts';
import { SpanFields } from './span-fields.ts';
import { SpanMetrics } from './span-metrics.ts';

const noServiceName = Buffer.from('(no service.name)');
const serviceNameKey = Buffer.from('service.name');
const noBytes = new Uint8Array(0);

export class SpanEncoder {
  readonly #columns = new SpanColumns();
  readonly #counts = new BatchCounts(this.#columns);
  readonly #metrics = new SpanMetrics(this.#columns, this.#counts.groups);
  readonly #attributes = new AttributeList();
  readonly #span = new SpanFields();
  /** The resource at hand: one row. */
  readonly #resource = new AttributeMaps(this.#columns.keys, this.#columns.resourceValues);
  #resourceDropped = 0;
  readonly #resourceSchemaUrl = new Slice();
  #service = 0;
  readonly #keyCounts = new SlotCounts();
  /** The scope at hand. */
  readonly #scopeName = new Slice();
  readonly #scopeVersion = new Slice();
  readonly #scopeSchemaUrl = new Slice();
  readonly #scopeAttributes = new TextColumn();
  #scopeDropped = 0;
  #reader = new ProtobufReader(noBytes);
  #spanCount = 0;
  readonly #writer: number;
  #filter: ShardFilter | undefined;

  /** @param writer whose batches these are: no two writers of one store have the same number, of 32 bits */
  constructor(writer = 0) {
    this.#writer = writer;
  }

  get spanCount(): number {
    return this.#spanCount;
  }

  /** One TracesData. @param filter leaves out what belongs to other shards; the same for all of a batch */
  append(tracesData: Uint8Array, filter?: ShardFilter): void {
    this.#filter = filter;
    this.#reader = new ProtobufReader(tracesData);
    eachField(this.#reader, bytesTag(1), 0, tracesData.length, this.#resourceSpans);
  }

  /** All that was appended, as a batch, which is valid until more is; the next one begins empty. */
  finish(receivedAtMs: number): SpanBatch<NativeBlock> {
    const spanCount = this.#spanCount;
    const writer = this.#writer;
    for (let i = 0; i < spanCount; i++) this.#columns.receivedAt.values.count(receivedAtMs);
    for (let i = 0; i < spanCount; i++) this.#columns.writer.uint32(i, writer);
    const batch = {
      receivedAtMs,
      writer,
      shard: this.#filter?.shard ?? 1,
      spanCount,
      spans: nativeBlock(this.#columns.columns, spanCount),
      spanNames: this.#counts.namesBlock({ receivedAtMs, writer }),
      attributeKeys: this.#counts.keysBlock({ receivedAtMs, writer }),
      spanMetrics: this.#metrics.block({ receivedAtMs, writer }),
    };
    this.#columns.clear();
    this.#resource.shapes.clear();
    this.#counts.clear();
    this.#metrics.clear();
    this.#spanCount = 0;
    return batch;
  }

  readonly #resourceSpans = (start: number, end: number): void => {
    const resource = new Slice();
    this.#find(start, end, resource, this.#resourceSchemaUrl);
    this.#readResource(resource);
    const before = this.#spanCount;
    eachField(this.#reader, bytesTag(2), start, end, this.#scopeSpans);
    this.#appendResource(before, this.#spanCount - before);
    this.#columns.attributes.shapes.takeCounts(this.#keyCounts);
    this.#takeKeyCounts('span', 1);
    this.#resource.shapes.takeCounts(this.#keyCounts);
    this.#takeKeyCounts('resource', this.#spanCount - before);
  };

  #takeKeyCounts(scope: 'span' | 'resource', times: number): void {
    this.#counts.keys(scope, this.#service, this.#keyCounts, times);
    this.#keyCounts.clear();
  }

  readonly #scopeSpans = (start: number, end: number): void => {
    const scope = new Slice();
    this.#find(start, end, scope, this.#scopeSchemaUrl);
    this.#readScope(scope);
    const before = this.#spanCount;
    eachField(this.#reader, bytesTag(2), start, end, this.#appendSpan);
    this.#appendScope(before, this.#spanCount - before);
  };

  /** ResourceSpans and ScopeSpans alike: what the spans have in common is field 1, the schema URL field 3. */
  #find(start: number, end: number, common: Slice, schemaUrl: Slice): void {
    const reader = this.#reader;
    schemaUrl.clear();
    reader.position = start;
    reader.limit = end;
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === bytesTag(1)) common.take(reader);
      else if (tag === bytesTag(3)) schemaUrl.take(reader);
      else reader.skip(tag);
    }
  }

  #readResource(resource: Slice): void {
    const reader = this.#reader;
    const attributes = this.#attributes;
    this.#resourceDropped = 0;
    attributes.clear();
    reader.position = resource.start;
    reader.limit = resource.end;
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === bytesTag(1)) attributes.take(reader);
      else if (tag === varintTag(2)) this.#resourceDropped = reader.varint();
      else reader.skip(tag);
    }
    this.#readServiceName(attributes);
    this.#resource.clear();
    this.#resource.append(0, reader, attributes);
  }

  #readServiceName(attributes: AttributeList): void {
    const { services } = this.#columns;
    const at = attributes.stringEntry(this.#reader.bytes, serviceNameKey);
    this.#service =
      at < 0
        ? services.numberOf(noServiceName, 0, noServiceName.length)
        : services.numberOf(this.#reader.bytes, attributes.entries[at + 3] ?? 0, attributes.entries[at + 4] ?? 0);
  }

  #readScope(scope: Slice): void {
    const reader = this.#reader;
    let hasAttributes = false;
    this.#scopeName.clear();
    this.#scopeVersion.clear();
    this.#scopeDropped = 0;
    reader.position = scope.start;
    reader.limit = scope.end;
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === bytesTag(1)) this.#scopeName.take(reader);
      else if (tag === bytesTag(2)) this.#scopeVersion.take(reader);
      else if (tag === varintTag(4)) this.#scopeDropped = reader.varint();
      else {
        hasAttributes ||= tag === bytesTag(3);
        reader.skip(tag);
      }
    }
    reader.position = scope.start;
    reader.limit = scope.end;
    this.#scopeAttributes.clear();
    this.#scopeAttributes.string(hasAttributes ? keyValuesJson(reader, bytesTag(3)) : '');
  }

  readonly #appendSpan = (start: number, end: number): void => {
    const reader = this.#reader;
    reader.limit = end;
    this.#attributes.clear();
    this.#span.scan(reader, this.#attributes);
    if (!this.#span.isPlain(reader.bytes) && this.#isRefused(start, end)) return;
    if (this.#filter && !isOfShard(this.#filter, reader.bytes, this.#span.traceId.start)) return;
    this.#appendOwn(this.#spanCount, start, end);
    this.#spanCount++;
  };

  #isRefused(start: number, end: number): boolean {
    this.#reader.position = start;
    this.#reader.limit = end;
    return spanRefusal(this.#reader) !== undefined;
  }

  /** What the spans of a resource or scope have in common is appended once for all of them. */
  #appendOwn(row: number, start: number, end: number): void {
    const columns = this.#columns;
    const reader = this.#reader;
    const span = this.#span;
    const { bytes } = reader;
    columns.traceId.values.raw(bytes, span.traceId.start, span.traceId.end);
    columns.spanId.values.raw(bytes, span.spanId.start, span.spanId.end);
    appendId(columns.parentSpanId, reader, span.parentSpanId, 8);
    columns.traceState.textAt(row, bytes, span.traceState.start, span.traceState.end);
    columns.flags.uint32(row, span.flags);
    const name = columns.names.numberOf(bytes, span.name.start, span.name.end);
    columns.name.push(name);
    columns.kind.values.byte(span.kind);
    columns.start.values.uint64(span.startHigh, span.startLow);
    this.#appendDuration(row);
    columns.statusCode.values.byte(span.statusCode);
    columns.statusMessage.textAt(row, bytes, span.statusMessage.start, span.statusMessage.end);
    columns.attributes.append(row, reader, this.#attributes);
    columns.droppedAttributes.uint32(row, span.droppedAttributes);
    if (span.eventCount > 0) columns.events.append(row, reader, start, end, span.eventCount);
    columns.droppedEvents.uint32(row, span.droppedEvents);
    if (span.linkCount > 0) columns.links.append(row, reader, start, end, span.linkCount);
    columns.droppedLinks.uint32(row, span.droppedLinks);
    const seconds = unixSeconds(span.startHigh, span.startLow);
    const group = this.#counts.span(this.#service, name, seconds, span);
    this.#metrics.span(group, seconds, span);
  }

  /** duration_nano and end_before_start_nano: one of the two is zero. */
  #appendDuration(row: number): void {
    const { startHigh, startLow, endHigh, endLow } = this.#span;
    const { duration, endBeforeStart } = this.#columns;
    const isReversed = endHigh < startHigh || (endHigh === startHigh && endLow < startLow);
    const low = isReversed ? startLow - endLow : endLow - startLow;
    const high = (isReversed ? startHigh - endHigh : endHigh - startHigh) - (low < 0 ? 1 : 0);
    (isReversed ? endBeforeStart : duration).uint64(row, high, low >>> 0);
  }

  #appendResource(row: number, times: number): void {
    const columns = this.#columns;
    const { start, end } = this.#resourceSchemaUrl;
    columns.service.repeat(this.#service, times);
    columns.resource.copy(this.#resource, row, times);
    for (let i = 0; i < times; i++) columns.resourceDropped.uint32(row + i, this.#resourceDropped);
    columns.resourceSchemaUrl.repeatText(this.#reader.bytes, start, end, times);
  }

  #appendScope(row: number, times: number): void {
    const columns = this.#columns;
    const { bytes } = this.#reader;
    columns.scopeName.repeatText(bytes, this.#scopeName.start, this.#scopeName.end, times);
    columns.scopeVersion.repeatText(bytes, this.#scopeVersion.start, this.#scopeVersion.end, times);
    columns.scopeAttributes.copy(this.#scopeAttributes, times);
    for (let i = 0; i < times; i++) columns.scopeDropped.uint32(row + i, this.#scopeDropped);
    columns.scopeSchemaUrl.repeatText(bytes, this.#scopeSchemaUrl.start, this.#scopeSchemaUrl.end, times);
  }
}
