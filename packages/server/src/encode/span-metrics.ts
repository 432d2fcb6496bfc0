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
import type { EncoderModule } from './encoder-module.ts';
import { MetricRows } from './metric-rows.ts';
import type { NativeBlock } from './native-block.ts';

const errors = 2;
const entries = 4;
const buckets = 1 << 15;
const minutes = 64;
/** More than 32 bits of seconds have. */
const minutesOf32Bits = 2 ** 27;

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
  /** Places by number, and the numbers of places by one number for what they are. */
  readonly #places: { service: number; entry: number; minuteUnix: number }[] = [];
  readonly #numbers = new Map<number, number>();
  /** How many spans a cell has: its place, bucket and error. */
  readonly #counts = new Map<number, number>();

  count(service: number, minuteUnix: number, cell: number, count: number): void {
    const number = this.#placeOf(service, Math.floor(cell / errors) % entries, minuteUnix);
    const own = (number * buckets + bucketIn(cell)) * entries * errors + (cell % errors);
    this.#counts.set(own, (this.#counts.get(own) ?? 0) + count);
  }

  #placeOf(service: number, entry: number, minuteUnix: number): number {
    const place = (service * entries + entry) * minutesOf32Bits + minuteUnix / 60;
    const known = this.#numbers.get(place);
    if (known !== undefined) return known;
    this.#numbers.set(place, this.#places.length);
    return this.#places.push({ service, entry, minuteUnix }) - 1;
  }

  appendTo(rows: MetricRows): void {
    let row = -1;
    for (const cell of Float64Array.from(this.#counts.keys()).sort()) {
      const number = Math.floor(cell / (buckets * entries * errors));
      const place = this.#places[number];
      if (number !== row && place) rows.ofService(place.service, place.entry, place.minuteUnix);
      row = number;
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
