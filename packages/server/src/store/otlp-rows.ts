/**
 * OTLP protobuf bytes → rows of `spans` as TabSeparated bytes, without an object per
 * span or attribute: this is the ingest's hot path. A span is scanned once, which notes where its fields
 * stand (they may come in any order), and then written column by column. What a row has from its
 * resource and scope is written once and copied.
 *
 *   row = received_at ⇥ the span's own columns ⇥ │ service_name ⇥ resource_… ⇥ │ scope_… ⏎
 *                                                 └ once per ResourceSpans ──┘ └ per ScopeSpans
 *
 * The input was checked on arrival (`checkTraces`); spans that were refused there are left out here by
 * the same rule.
 */
import { ProtobufReader, spanRefusal } from '@sightline/wire';
import { keyValuesJson } from './any-value-json.ts';
import { AttributeList } from './attribute-list.ts';
import { writeEvents, writeLinks } from './list-columns.ts';
import { bytesTag, eachField, Slice, varintTag } from './message-fields.ts';
import { RowWriter } from './row-writer.ts';
import { SpanFields } from './span-fields.ts';

const tab = 9;
const newline = 10;

const noServiceName = Buffer.from('(no service.name)');
const noBytes = new Uint8Array(16);

export class OtlpRows {
  /** Rows so far, as `spanColumns` orders the columns. Valid until `clear`. */
  readonly rows: RowWriter = new RowWriter(1 << 20);
  rowCount = 0;

  readonly #resourceColumns = new RowWriter(4096);
  readonly #scopeColumns = new RowWriter(1024);
  readonly #attributes = new AttributeList();
  readonly #span = new SpanFields();
  #reader = new ProtobufReader(noBytes);
  #receivedAt = '';

  clear(): void {
    this.rows.clear();
    this.rowCount = 0;
  }

  /** Appends the rows of one TracesData. */
  append(tracesData: Uint8Array, receivedAtMs: number): void {
    this.#reader = new ProtobufReader(tracesData);
    this.#receivedAt = `${(receivedAtMs / 1000).toFixed(3)}\t`;
    eachField(this.#reader, bytesTag(1), 0, tracesData.length, this.#resourceSpans);
  }

  readonly #resourceSpans = (start: number, end: number): void => {
    const resource = new Slice();
    const schemaUrl = new Slice();
    this.#find(start, end, resource, schemaUrl);
    this.#writeResource(resource, schemaUrl);
    eachField(this.#reader, bytesTag(2), start, end, this.#scopeSpans);
  };

  readonly #scopeSpans = (start: number, end: number): void => {
    const scope = new Slice();
    const schemaUrl = new Slice();
    this.#find(start, end, scope, schemaUrl);
    this.#writeScope(scope, schemaUrl);
    eachField(this.#reader, bytesTag(2), start, end, this.#writeSpan);
  };

  /** ResourceSpans and ScopeSpans alike: what the spans have in common is field 1, the schema URL field 3. */
  #find(start: number, end: number, common: Slice, schemaUrl: Slice): void {
    const reader = this.#reader;
    reader.position = start;
    reader.limit = end;
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === bytesTag(1)) common.take(reader);
      else if (tag === bytesTag(3)) schemaUrl.take(reader);
      else reader.skip(tag);
    }
  }

  #writeResource(resource: Slice, schemaUrl: Slice): void {
    const reader = this.#reader;
    const out = this.#resourceColumns;
    const attributes = this.#attributes;
    let dropped = 0;
    out.clear();
    attributes.clear();
    reader.position = resource.start;
    reader.limit = resource.end;
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === bytesTag(1)) attributes.take(reader);
      else if (tag === varintTag(2)) dropped = reader.varint();
      else reader.skip(tag);
    }
    this.#writeServiceName(out);
    attributes.write(reader, out);
    out.unsigned(dropped);
    out.byte(tab);
    out.text(reader.bytes, schemaUrl.start, schemaUrl.end);
    out.byte(tab);
  }

  #writeServiceName(out: RowWriter): void {
    const at = out.length;
    this.#attributes.writeString(this.#reader, 'service.name', out);
    if (out.length === at) out.text(noServiceName, 0, noServiceName.length);
    out.byte(tab);
  }

  #writeScope(scope: Slice, schemaUrl: Slice): void {
    const reader = this.#reader;
    const out = this.#scopeColumns;
    const name = new Slice();
    const version = new Slice();
    let hasAttributes = false;
    let dropped = 0;
    out.clear();
    reader.position = scope.start;
    reader.limit = scope.end;
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === bytesTag(1)) name.take(reader);
      else if (tag === bytesTag(2)) version.take(reader);
      else if (tag === varintTag(4)) dropped = reader.varint();
      else {
        hasAttributes ||= tag === bytesTag(3);
        reader.skip(tag);
      }
    }
    out.text(reader.bytes, name.start, name.end);
    out.byte(tab);
    out.text(reader.bytes, version.start, version.end);
    out.byte(tab);
    if (hasAttributes) {
      reader.position = scope.start;
      reader.limit = scope.end;
      const json = Buffer.from(keyValuesJson(reader, bytesTag(3)));
      out.text(json, 0, json.length);
    }
    out.byte(tab);
    out.unsigned(dropped);
    out.byte(tab);
    out.text(reader.bytes, schemaUrl.start, schemaUrl.end);
    out.byte(newline);
  }

  readonly #writeSpan = (start: number, end: number): void => {
    const reader = this.#reader;
    const span = this.#span;
    const out = this.rows;
    reader.limit = end;
    if (spanRefusal(reader) !== undefined) return;
    reader.position = start;
    reader.limit = end;
    this.#attributes.clear();
    span.scan(reader, this.#attributes);

    out.ascii(this.#receivedAt);
    this.#binary(span.traceId);
    this.#binary(span.spanId);
    if (span.parentSpanId.end === span.parentSpanId.start) out.binary(noBytes, 0, 8);
    else out.binary(reader.bytes, span.parentSpanId.start, span.parentSpanId.end);
    out.byte(tab);
    this.#text(span.traceState);
    this.#unsigned(span.flags);
    this.#text(span.name);
    this.#unsigned(span.kind);
    out.unsigned64(span.startHigh, span.startLow);
    out.byte(tab);
    this.#writeDuration(span);
    this.#unsigned(span.statusCode);
    this.#text(span.statusMessage);
    this.#attributes.write(reader, out);
    this.#unsigned(span.droppedAttributes);
    writeEvents(reader, out, start, end, span.eventCount);
    this.#unsigned(span.droppedEvents);
    writeLinks(reader, out, start, end, span.linkCount);
    this.#unsigned(span.droppedLinks);
    out.copy(this.#resourceColumns.written());
    out.copy(this.#scopeColumns.written());
    this.rowCount++;
  };

  /** duration_nano and end_before_start_nano: one of the two is zero. */
  #writeDuration(span: SpanFields): void {
    const out = this.rows;
    const isReversed =
      span.endHigh < span.startHigh || (span.endHigh === span.startHigh && span.endLow < span.startLow);
    const low = isReversed ? span.startLow - span.endLow : span.endLow - span.startLow;
    const high = (isReversed ? span.startHigh - span.endHigh : span.endHigh - span.startHigh) - (low < 0 ? 1 : 0);
    if (isReversed) out.ascii('0\t');
    out.unsigned64(high, low >>> 0);
    out.ascii(isReversed ? '\t' : '\t0\t');
  }

  #binary(slice: Slice): void {
    this.rows.binary(this.#reader.bytes, slice.start, slice.end);
    this.rows.byte(tab);
  }

  #text(slice: Slice): void {
    this.rows.text(this.#reader.bytes, slice.start, slice.end);
    this.rows.byte(tab);
  }

  #unsigned(value: number): void {
    this.rows.unsigned(value);
    this.rows.byte(tab);
  }
}
