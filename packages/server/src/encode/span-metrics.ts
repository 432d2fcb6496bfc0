/**
 * What a batch adds to `span_metrics`: spans and their durations by minute, of each span name and of each service. Like `BatchCounts`, it
 * counts while the spans are encoded.
 *
 * Durations are counted in buckets whose number is the top 16 bits of the nanoseconds as a float of 64 bits: sign, exponent and the
 * first four bits of the mantissa. So there are 16 in each power of two, all values in one differ by less than 6.25 %,
 * and ClickHouse can say the same in a line of SQL (`delete-spans.ts`).
 *
 * A span is written down as one number, its cell; sorted, the cells are the rows: no table is asked for each span.
 *
 *   group (29 bits) │ minute of the hour (6) │ bucket (15) │ entry (2) │ error (1)
 */
import type { BatchIdentity, Dictionaries } from './batch-counts.ts';
import { ByteColumn } from './byte-column.ts';
import { Dictionary } from './dictionary.ts';
import { grown } from './grown.ts';
import { MetricRows } from './metric-rows.ts';
import type { NativeBlock } from './native-block.ts';
import type { SpanFields } from './span-fields.ts';

/** Whether a span is where its service was entered: the higher, the surer. */
const inside = 0;
const asRoot = 1;
const asServer = 2;

const kindServer = 2;
const kindConsumer = 5;
/** Of `flags`: whether the parent is in another process. */
const parentIsRemote = 0x200;
const statusError = 2;

const errors = 2;
const entries = 4;
const buckets = 1 << 15;
const minutes = 64;

/** The last minute whose start 32 bits of seconds can hold. */
const lastMinuteUnix = 4_294_967_280;

export class SpanMetrics {
  readonly #dictionaries: Dictionaries;
  /** (service, name, kind, hour), as `BatchCounts` numbers them. */
  readonly #groups: Dictionary;
  #cells = new Float64Array(1024);
  #count = 0;

  constructor(dictionaries: Dictionaries, groups: Dictionary) {
    this.#dictionaries = dictionaries;
    this.#groups = groups;
  }

  clear(): void {
    this.#count = 0;
  }

  /** @param seconds when it started, since 1970 */
  span(group: number, seconds: number, span: SpanFields): void {
    const place = group * minutes + (Math.floor(Math.min(seconds, lastMinuteUnix) / 60) % 60);
    const error = span.statusCode === statusError ? 1 : 0;
    if (this.#count === this.#cells.length) this.#grow();
    this.#cells[this.#count++] = ((place * buckets + bucketOf(span)) * entries + entryOf(span)) * errors + error;
  }

  /** Rows of `span_metrics`. */
  block(batch: BatchIdentity): NativeBlock {
    const rows = new MetricRows(batch, this.#dictionaries);
    const services = new ServiceCells();
    const groups = new DataView(this.#groups.keys.bytes.buffer);
    const cells = this.#cells.subarray(0, this.#count).sort();
    let row = -1;
    for (let at = 0; at < cells.length; ) {
      const cell = cells[at] as number;
      const begin = at;
      while (cells[at] === cell) at++;
      const place = Math.floor(cell / (buckets * entries * errors));
      // A key is its length in one byte, then four numbers.
      const key = Math.floor(place / minutes) * 17 + 1;
      const service = groups.getUint32(key, true);
      const minuteUnix = groups.getUint32(key + 12, true) + (place % minutes) * 60;
      if (place !== row)
        rows.ofName(service, groups.getUint32(key + 4, true), groups.getUint32(key + 8, true), minuteUnix);
      row = place;
      rows.count(bucketIn(cell), at - begin, isErrorIn(cell));
      services.count(service, minuteUnix, cell, at - begin);
    }
    services.appendTo(rows);
    return rows.block();
  }

  #grow(): void {
    this.#cells = grown(this.#cells);
  }
}

/** The cells of a batch once more, by service and entry in place of the group. */
class ServiceCells {
  /** (service, entry, minute), each as a number of 32 bits. */
  readonly #places = new Dictionary({ isText: false });
  readonly #place = new ByteColumn(12);
  /** How many spans a cell has: its place, bucket and error. */
  readonly #counts = new Map<number, number>();

  count(service: number, minuteUnix: number, cell: number, count: number): void {
    const place = this.#place;
    place.clear();
    place.uint32(service);
    place.uint32(Math.floor(cell / errors) % entries);
    place.uint32(minuteUnix);
    const number = this.#places.numberOf(place.bytes, 0, place.length);
    const own = (number * buckets + bucketIn(cell)) * entries * errors + (cell % errors);
    this.#counts.set(own, (this.#counts.get(own) ?? 0) + count);
  }

  appendTo(rows: MetricRows): void {
    const places = new DataView(this.#places.keys.bytes.buffer);
    let row = -1;
    for (const cell of Float64Array.from(this.#counts.keys()).sort()) {
      const place = Math.floor(cell / (buckets * entries * errors));
      // A key is its length in one byte, then three numbers.
      const key = place * 13 + 1;
      if (place !== row) {
        rows.ofService(places.getUint32(key, true), places.getUint32(key + 4, true), places.getUint32(key + 8, true));
      }
      row = place;
      rows.count(bucketIn(cell), this.#counts.get(cell) as number, isErrorIn(cell));
    }
  }
}

function bucketIn(cell: number): number {
  return Math.floor(cell / (entries * errors)) % buckets;
}

function isErrorIn(cell: number): boolean {
  return cell % errors === 1;
}

function entryOf({ kind, parentSpanId, flags }: SpanFields): number {
  if (kind === kindServer || kind === kindConsumer) return asServer;
  return parentSpanId.end === parentSpanId.start || (flags & parentIsRemote) !== 0 ? asRoot : inside;
}

const float = new Float64Array(1);
/** Every platform that Node runs on is little-endian. */
const quarters = new Uint16Array(float.buffer);

/** Halves are subtracted before they become one number: times themselves have more digits than a float. */
function bucketOf({ startHigh, startLow, endHigh, endLow }: SpanFields): number {
  float[0] = Math.max(0, (endHigh - startHigh) * 2 ** 32 + (endLow - startLow));
  return quarters[3] as number;
}
