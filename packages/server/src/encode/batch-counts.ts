/**
 * What a batch adds to the tables that count: spans by service, name, kind and hour (`span_names`), and by attribute
 * key (`attribute_keys`). Counted while the spans are encoded, when every name is a number already; having
 * ClickHouse read the batch again for it took 6 µs of CPU a span.
 */
import { attributeTypes } from './attribute-list.ts';
import { ByteColumn } from './byte-column.ts';
import { DictionaryColumn, PlainColumn, TextColumn } from './columns.ts';
import { Dictionary } from './dictionary.ts';
import { grown } from './grown.ts';
import { type NativeBlock, nativeBlock } from './native-block.ts';
import { SlotCounts } from './slot-counts.ts';
import type { SpanFields } from './span-fields.ts';

const dayMs = 86_400_000;
/** The last full hour that 32 bits of seconds can hold. */
const lastHourUnix = 4_294_965_600;

const recentNames = 1024;
const recentSize = 5;

const statusError = 2;

const scopes = ['span', 'resource'] as const;
type Scope = (typeof scopes)[number];

/** The same in all rows of a batch. */
export interface BatchIdentity {
  receivedAtMs: number;
  writer: number;
}

/** Those of the columns of `spans`, whose numbers are counted here. */
export interface Dictionaries {
  services: Dictionary;
  names: Dictionary;
  keys: Dictionary;
}

export class BatchCounts {
  readonly #dictionaries: Dictionaries;
  /** (service, name, kind, hour), each as a number of 32 bits. */
  readonly groups: Dictionary = new Dictionary({ isText: false });
  readonly #group = new ByteColumn(16);
  /** name │ service │ kind │ hour │ group, of some names. */
  readonly #recent = new Float64Array(recentNames * recentSize);
  readonly #spans = new SlotCounts();
  readonly #errors = new SlotCounts();
  /** The latest start of each group: its upper half, its lower half. */
  #starts = new Uint32Array(512);
  /** (scope, service, slot), each as a number of 32 bits. */
  readonly #keyGroups = new Dictionary({ isText: false });
  readonly #keySpans = new SlotCounts();

  constructor(dictionaries: Dictionaries) {
    this.#dictionaries = dictionaries;
    this.clear();
  }

  clear(): void {
    this.groups.clear();
    this.#recent.fill(-1);
    this.#spans.clear();
    this.#errors.clear();
    this.#starts.fill(0);
    this.#keyGroups.clear();
    this.#keySpans.clear();
  }

  /** Of some spans of one service: `counts` is by `slotOf`, and each counts for `times` spans. */
  keys(scope: Scope, service: number, counts: SlotCounts, times: number): void {
    if (times === 0) return;
    const group = this.#group;
    for (const slot of counts.slots) {
      group.clear();
      group.uint32(scopes.indexOf(scope));
      group.uint32(service);
      group.uint32(slot);
      this.#keySpans.add(this.#keyGroups.numberOf(group.bytes, 0, group.length), counts.of(slot) * times);
    }
  }

  /** @param seconds when it started, since 1970 @returns the number of its group */
  span(service: number, name: number, seconds: number, span: SpanFields): number {
    const number = this.#groupOf(service, name, span.kind, hourUnix(seconds));
    this.#spans.add(number, 1);
    if (span.statusCode === statusError) this.#errors.add(number, 1);
    this.#noteStart(number * 2, span.startHigh, span.startLow);
    return number;
  }

  /** A group is mostly the one that the same name had last. */
  #groupOf(service: number, name: number, kind: number, hour: number): number {
    const at = (name % recentNames) * recentSize;
    const recent = this.#recent;
    if (recent[at] === name && recent[at + 1] === service && recent[at + 2] === kind && recent[at + 3] === hour) {
      return recent[at + 4] as number;
    }
    const group = this.#group;
    group.clear();
    group.uint32(service);
    group.uint32(name);
    group.uint32(kind);
    group.uint32(hour);
    const number = this.groups.numberOf(group.bytes, 0, group.length);
    recent.set([name, service, kind, hour, number], at);
    return number;
  }

  #noteStart(at: number, high: number, low: number): void {
    if (at >= this.#starts.length) {
      this.#starts = grown(this.#starts);
    }
    const knownHigh = this.#starts[at] as number;
    if (high < knownHigh || (high === knownHigh && low <= (this.#starts[at + 1] as number))) return;
    this.#starts[at] = high;
    this.#starts[at + 1] = low;
  }

  /** Rows of `span_names`. */
  namesBlock(batch: BatchIdentity): NativeBlock {
    const rows = new CountRows(batch);
    const service = new DictionaryColumn(this.#dictionaries.services);
    const name = new DictionaryColumn(this.#dictionaries.names);
    const [kind, hour] = [new PlainColumn('UInt8', 1), new PlainColumn('UInt32', 4)];
    const [errors, start] = [new PlainColumn('UInt64', 8), new PlainColumn('UInt64', 8)];
    const groups = new DataView(this.groups.keys.bytes.buffer);
    for (let number = 0; number < this.groups.size; number++) {
      // A key is its length in one byte, then four numbers.
      const at = number * 17 + 1;
      rows.push(this.#spans.of(number));
      service.push(groups.getUint32(at, true));
      name.push(groups.getUint32(at + 4, true));
      kind.values.byte(groups.getUint32(at + 8, true));
      hour.values.uint32(groups.getUint32(at + 12, true));
      errors.values.count(this.#errors.of(number));
      start.values.uint64(this.#starts[number * 2] as number, this.#starts[number * 2 + 1] as number);
    }
    return rows.block({
      service_name: service,
      name,
      kind,
      hour_unix: hour,
      error_count: errors,
      last_start_unix_nano: start,
    });
  }

  /** Rows of `attribute_keys`. */
  keysBlock(batch: BatchIdentity): NativeBlock {
    const rows = new CountRows(batch);
    const service = new DictionaryColumn(this.#dictionaries.services);
    const key = new DictionaryColumn(this.#dictionaries.keys);
    const [scope, type] = [new TextColumn(), new TextColumn()];
    const groups = new DataView(this.#keyGroups.keys.bytes.buffer);
    for (let number = 0; number < this.#keyGroups.size; number++) {
      // A key is its length in one byte, then three numbers.
      const at = number * 13 + 1;
      const slot = groups.getUint32(at + 8, true);
      rows.push(this.#keySpans.of(number));
      service.push(groups.getUint32(at + 4, true));
      key.push(Math.floor(slot / attributeTypes.length));
      scope.string(scopes[groups.getUint32(at, true)] as string);
      type.string(attributeTypes[slot % attributeTypes.length] as string);
    }
    return rows.block({ scope, service_name: service, key, type });
  }
}

/** What rows of all tables that count have in common. */
export class CountRows {
  readonly #batch: BatchIdentity;
  readonly #day = new PlainColumn('Date', 2);
  readonly #receivedAt = new PlainColumn("DateTime64(3, 'UTC')", 8);
  readonly #writer = new PlainColumn('UInt32', 4);
  readonly #spans = new PlainColumn('UInt64', 8);
  #count = 0;

  constructor(batch: BatchIdentity) {
    this.#batch = batch;
  }

  push(spanCount: number): void {
    const { receivedAtMs, writer } = this.#batch;
    this.#day.values.uint16(Math.floor(receivedAtMs / dayMs));
    this.#receivedAt.values.count(receivedAtMs);
    this.#writer.values.uint32(writer);
    this.#spans.values.count(spanCount);
    this.#count++;
  }

  block(columns: Parameters<typeof nativeBlock>[0]): NativeBlock {
    const common = {
      received_day: this.#day,
      last_received_at: this.#receivedAt,
      writer: this.#writer,
      span_count: this.#spans,
    };
    return nativeBlock({ ...common, ...columns }, this.#count);
  }
}

function hourUnix(seconds: number): number {
  return Math.min(Math.floor(seconds / 3600) * 3600, lastHourUnix);
}

const billion = 1_000_000_000;

/** Whole seconds since 1970, of nanoseconds in halves. */
export function unixSeconds(high: number, low: number): number {
  // A float has not the digits for all nanoseconds: this may be wrong by one, which the rest, by its lower 32 bits, tells.
  const about = Math.floor((high * 2 ** 32 + low) / billion);
  const rest = (low - Math.imul(about, billion)) | 0;
  if (rest < 0) return about - 1;
  return rest < billion ? about : about + 1;
}
