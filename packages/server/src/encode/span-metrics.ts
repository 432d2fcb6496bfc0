/**
 * What a batch adds to `span_metrics`: spans and their durations by minute, of each span name and of each service. The module writes the
 * cells down while it encodes the spans.
 *
 * Durations are counted in buckets whose number is the top 16 bits of the nanoseconds as a float of 64 bits: sign, exponent and the
 * first four bits of the mantissa. So there are 16 in each power of two, all values in one differ by less than 6.25 %,
 * and ClickHouse can say the same in a line of SQL (`delete-spans.ts`).
 *
 * A span is written down as one number, its cell; sorted, the cells are the rows: no table is asked for each span.
 *
 *   group (29 bits) │ minute of the hour (6) │ bucket (15) │ entry (2) │ error (1)
 */
import { type BatchIdentity, type Dictionaries, groupSize } from './batch-counts.ts';
import { ByteColumn } from './byte-column.ts';
import { Dictionary } from './dictionary.ts';
import type { EncoderModule } from './encoder-module.ts';
import { MetricRows } from './metric-rows.ts';
import type { NativeBlock } from './native-block.ts';

const errors = 2;
const entries = 4;
const buckets = 1 << 15;
const minutes = 64;

/** Rows of `span_metrics`. */
export function metricsBlock(module: EncoderModule, dictionaries: Dictionaries, batch: BatchIdentity): NativeBlock {
  const rows = new MetricRows(batch, dictionaries);
  const services = new ServiceCells();
  const { buffer } = module.memory;
  const groups = new DataView(buffer, module.groupsAt());
  const cells = new Float64Array(buffer, module.cellsAt(), module.countOfSpans());
  let row = -1;
  for (let at = 0; at < cells.length; ) {
    const cell = cells[at] as number;
    const begin = at;
    while (cells[at] === cell) at++;
    const place = Math.floor(cell / (buckets * entries * errors));
    const group = Math.floor(place / minutes) * groupSize;
    const service = groups.getUint32(group, true);
    const minuteUnix = groups.getUint32(group + 12, true) + (place % minutes) * 60;
    if (place !== row)
      rows.ofName(service, groups.getUint32(group + 4, true), groups.getUint32(group + 8, true), minuteUnix);
    row = place;
    rows.count(bucketIn(cell), at - begin, isErrorIn(cell));
    services.count(service, minuteUnix, cell, at - begin);
  }
  services.appendTo(rows);
  return rows.block();
}

/** The cells of a batch once more, by service and entry in place of the group. */
class ServiceCells {
  /** (service, entry, minute), each as a number of 32 bits. */
  readonly #places = new Dictionary({ isText: false });
  readonly #place = new ByteColumn(12);
  #last = { service: -1, entry: 0, minuteUnix: 0, number: 0 };
  /** How many spans a cell has: its place, bucket and error. */
  readonly #counts = new Map<number, number>();

  count(service: number, minuteUnix: number, cell: number, count: number): void {
    const number = this.#placeOf(service, Math.floor(cell / errors) % entries, minuteUnix);
    const own = (number * buckets + bucketIn(cell)) * entries * errors + (cell % errors);
    this.#counts.set(own, (this.#counts.get(own) ?? 0) + count);
  }

  /** Mostly that of the cell before. */
  #placeOf(service: number, entry: number, minuteUnix: number): number {
    const last = this.#last;
    if (last.service === service && last.entry === entry && last.minuteUnix === minuteUnix) return last.number;
    const place = this.#place;
    place.clear();
    place.uint32(service);
    place.uint32(entry);
    place.uint32(minuteUnix);
    const number = this.#places.numberOf(place.bytes, 0, place.length);
    this.#last = { service, entry, minuteUnix, number };
    return number;
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
