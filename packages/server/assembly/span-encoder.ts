/**
 * TracesData → rows of the columns. A span is scanned once, which notes where its fields stand (they may come in any
 * order), and then appended to each column. What it has from its resource is numbered once and copied.
 */
import { AttributeList, endAt, valueAt } from './attribute-list';
import { countKeys, countSpan } from './batch-counts';
import { appendEvents, appendLinks, isRefused, scopeAttributesJson } from './host';
import { beginReading, delimited, Reader, Slice, skip } from './reader';
import { isOfShard } from './shard-filter';
import { SlotCounts } from './slot-counts';
import * as columns from './span-columns';
import { SpanFields } from './span-fields';
import { noServiceName, serviceNameKey } from './texts';

const span = new SpanFields();
const keyCounts = new SlotCounts();
let spanCount: u32 = 0;

/** The resource at hand. */
const resource = new Slice();
const resourceList = new AttributeList();
const resourceSchemaUrl = new Slice();
let resourceDropped: u32 = 0;
let service: u32 = 0;

/** The scope at hand. */
const scope = new Slice();
const scopeName = new Slice();
const scopeVersion = new Slice();
const scopeSchemaUrl = new Slice();
let scopeDropped: u32 = 0;

export function clearSpans(): void {
  spanCount = 0;
  keyCounts.clearMemory();
  span.attributes.clearMemory();
  resourceList.clearMemory();
}

export function countOfSpans(): u32 {
  return spanCount;
}

/** One TracesData. */
export function appendTraces(start: usize, end: usize): void {
  eachMessage(0x0a, start, end, appendResourceSpans);
}

/** Calls `append` with where each field of that tag stands, a message, in their order. */
function eachMessage(wanted: u32, start: usize, end: usize, append: (start: usize, end: usize) => void): void {
  beginReading(start, end);
  for (let tag = Reader.tag(); tag !== 0; tag = Reader.tag()) {
    if (tag !== wanted) {
      skip(tag);
      continue;
    }
    const fieldEnd = delimited();
    append(Reader.position, fieldEnd);
    beginReading(fieldEnd, end);
  }
}

function appendResourceSpans(start: usize, end: usize): void {
  find(start, end, resource, resourceSchemaUrl);
  readResource();
  const before = spanCount;
  eachMessage(0x12, start, end, appendScopeSpans);
  repeatResource(before, spanCount - before);
  columns.attributes.shapes.takeCounts(keyCounts);
  countKeys(0, service, keyCounts, 1);
  keyCounts.clear();
  columns.resourceAtHand.shapes.takeCounts(keyCounts);
  countKeys(1, service, keyCounts, spanCount - before);
  keyCounts.clear();
}

function appendScopeSpans(start: usize, end: usize): void {
  find(start, end, scope, scopeSchemaUrl);
  readScope();
  const before = spanCount;
  eachMessage(0x12, start, end, appendSpan);
  repeatScope(before, spanCount - before);
}

/** ResourceSpans and ScopeSpans alike: what the spans have in common is field 1, the schema URL field 3. */
function find(start: usize, end: usize, common: Slice, schemaUrl: Slice): void {
  common.clear();
  schemaUrl.clear();
  beginReading(start, end);
  for (let tag = Reader.tag(); tag !== 0; tag = Reader.tag()) {
    if (tag === 0x0a) common.take();
    else if (tag === 0x1a) schemaUrl.take();
    else skip(tag);
  }
}

function readResource(): void {
  resourceDropped = 0;
  resourceList.clear();
  beginReading(resource.start, resource.end);
  for (let tag = Reader.tag(); tag !== 0; tag = Reader.tag()) {
    if (tag === 0x0a) resourceList.take();
    else if (tag === 0x10) resourceDropped = Reader.varint() as u32;
    else skip(tag);
  }
  readServiceName();
  columns.resourceAtHand.rewind();
  columns.resourceAtHand.append(0, resourceList);
}

function readServiceName(): void {
  const entry = resourceList.find(serviceNameKey.start, serviceNameKey.size);
  const start = entry === 0 ? noServiceName.start : load<u32>(entry, valueAt);
  const end = entry === 0 ? noServiceName.end : load<u32>(entry, endAt);
  service = columns.services.numberOf(start, end - start);
}

function readScope(): void {
  let hasAttributes = false;
  scopeName.clear();
  scopeVersion.clear();
  scopeDropped = 0;
  beginReading(scope.start, scope.end);
  for (let tag = Reader.tag(); tag !== 0; tag = Reader.tag()) {
    if (tag === 0x0a) scopeName.take();
    else if (tag === 0x12) scopeVersion.take();
    else if (tag === 0x20) scopeDropped = Reader.varint() as u32;
    else {
      hasAttributes = hasAttributes || tag === 0x1a;
      skip(tag);
    }
  }
  columns.scopeAtHand.rewind();
  if (hasAttributes) columns.scopeAtHand.hosted(scopeAttributesJson(scope.start, scope.end));
}

function appendSpan(start: usize, end: usize): void {
  beginReading(start, end);
  span.scan();
  if (!span.isPlain && isRefused(start, end)) return;
  if (!isOfShard(span.traceId.start)) return;
  appendOwn(spanCount, start, end);
  spanCount++;
}

/** What the spans of a resource or scope have in common is appended once for all of them. */
function appendOwn(row: u32, start: usize, end: usize): void {
  columns.traceId.values.raw(span.traceId.start, 16);
  columns.spanId.values.uint64(load<u64>(span.spanId.start));
  columns.parentSpanId.values.uint64(span.parentSpanId.size === 0 ? 0 : load<u64>(span.parentSpanId.start));
  columns.traceState.textAt(row, span.traceState.start, span.traceState.size);
  columns.flags.uint32(row, span.flags);
  const name = columns.names.numberOf(span.name.start, span.name.size);
  columns.name.push(name);
  columns.kind.values.byte(span.kind);
  columns.start.values.uint64(span.startNano);
  if (span.endNano < span.startNano) columns.endBeforeStart.uint64(row, span.startNano - span.endNano);
  else columns.duration.uint64(row, span.endNano - span.startNano);
  columns.statusCode.values.byte(span.statusCode);
  columns.statusMessage.textAt(row, span.statusMessage.start, span.statusMessage.size);
  columns.attributes.append(row, span.attributes);
  columns.droppedAttributes.uint32(row, span.droppedAttributes);
  if (span.eventCount > 0) appendEvents(row, start, end, span.eventCount);
  columns.droppedEvents.uint32(row, span.droppedEvents);
  if (span.linkCount > 0) appendLinks(row, start, end, span.linkCount);
  columns.droppedLinks.uint32(row, span.droppedLinks);
  countSpan(service, name, span);
}

function repeatResource(row: u32, times: u32): void {
  columns.service.repeat(service, times);
  columns.resource.copy(columns.resourceAtHand, row, times);
  for (let i: u32 = 0; i < times; i++) columns.resourceDropped.uint32(row + i, resourceDropped);
  columns.resourceSchemaUrl.repeatText(resourceSchemaUrl.start, resourceSchemaUrl.size, times);
}

function repeatScope(row: u32, times: u32): void {
  columns.scopeName.repeatText(scopeName.start, scopeName.size, times);
  columns.scopeVersion.repeatText(scopeVersion.start, scopeVersion.size, times);
  for (let i: u32 = 0; i < times; i++) {
    columns.scopeAttributes.copyAt(row + i, columns.scopeAtHand);
    columns.scopeDropped.uint32(row + i, scopeDropped);
  }
  columns.scopeSchemaUrl.repeatText(scopeSchemaUrl.start, scopeSchemaUrl.size, times);
}
