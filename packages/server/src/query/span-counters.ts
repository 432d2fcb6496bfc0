/**
 * Counters of spans since a moment, for Prometheus, which asks for them every few seconds and wants them never to go back. So
 * they cannot be what is stored, of which the oldest goes every day; each question counts what has come since the one
 * before it, and adds that up here. Nothing is done while nobody asks.
 *
 * Counting begins with the first question, and anew after a pause: to Prometheus, both are a restart.
 * What came is known by its batches' numbers, which only grow for each writer and shard (`docs/decisions/0002-exactly-once.md`).
 */
import type { ReadableStore } from '../store/store.ts';
import { StoreError } from '../store/store.ts';

/** The connector's own, in milliseconds. */
export const boundsMs: readonly number[] = [
  2, 4, 6, 8, 10, 50, 100, 200, 400, 800, 1000, 1400, 2000, 5000, 10_000, 15_000,
];

export interface SpanSeries {
  service: string;
  name: string;
  kind: number;
  status: number;
  /** Of all series beyond the limit; the names are empty then. */
  isRest: boolean;
  calls: number;
  milliseconds: number;
  /** Spans that took at most as long as each of `boundsMs`. */
  buckets: number[];
}

/** Beyond them, spans are counted in one series together. Of each there are 20 lines. */
const usualMaxSeries = 2000;
/** Between two questions: what would have to be read for a longer one might be more than a query may read. */
const maxPauseMs = 5 * 60_000;
/** A writer that is behind by more is not waited for: what it brings later is not counted. */
const maxLagMs = 24 * 3_600_000;

interface Place {
  /** Writer and shard. */
  place: string;
  /** Milliseconds since 1970: number of its last batch. */
  last: number;
}

export class SpanCounters {
  readonly #store: ReadableStore;
  readonly #maxSeries: number;
  readonly #now: () => number;
  #series = new Map<string, SpanSeries>();
  readonly #counted = new Map<string, number>();
  #beginMs = 0;
  #askedMs = Number.NEGATIVE_INFINITY;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: ReadableStore, options: { maxSeries?: number; now?: () => number } = {}) {
    this.#store = store;
    this.#maxSeries = options.maxSeries ?? usualMaxSeries;
    this.#now = options.now ?? Date.now;
  }

  /** Up to now, by service, name, kind and status. */
  read(): Promise<readonly SpanSeries[]> {
    const read = this.#turn.then(() => this.#read());
    this.#turn = read.catch(() => undefined);
    return read;
  }

  async #read(): Promise<readonly SpanSeries[]> {
    const now = this.#now();
    if (now - this.#askedMs > maxPauseMs) this.#begin(now);
    try {
      await this.#countNew(now);
    } catch (error) {
      // It would be again, with more to read.
      if (error instanceof StoreError && error.code === 'query-too-expensive') this.#begin(now);
      throw error;
    }
    this.#askedMs = now;
    return [...this.#series.values()];
  }

  #begin(now: number): void {
    this.#beginMs = now;
    this.#counted.clear();
    this.#series = new Map();
  }

  async #countNew(now: number): Promise<void> {
    const from = this.#marks(now);
    const places = await this.#store.query<Place>(newPlacesSql, from);
    if (places.length === 0) return;
    const to = { toPlaces: places.map(({ place }) => BigInt(place)), to: places.map(({ last }) => last) };
    for (const row of await this.#store.query<Row>(newSpansSql, {
      ...from,
      ...to,
      boundsNano,
      maxSeries: this.#maxSeries,
    }))
      this.#add(row);
    for (const { place, last } of places) this.#counted.set(place, Number(last));
  }

  /** From where on each writer and shard is to be counted. */
  #marks(now: number): Record<string, unknown> {
    const oldest = now - maxLagMs;
    const marks = [...this.#counted].map(([place, last]) => [place, Math.max(last, oldest)] as const);
    return {
      // ClickHouse's transform wants at least one.
      fromPlaces: [noPlace, ...marks.map(([place]) => BigInt(place))],
      from: [0, ...marks.map(([, last]) => last)],
      begin: Math.max(this.#beginMs, oldest),
      least: Math.min(Math.max(this.#beginMs, oldest), ...marks.map(([, last]) => last)),
    };
  }

  #add(row: Row): void {
    const series = this.#seriesOf(row);
    series.calls += Number(row.calls);
    series.milliseconds += row.milliseconds;
    series.buckets = series.buckets.map((count, i) => count + Number(row.buckets[i]));
  }

  #seriesOf({ service, name, kind, status, isRest }: Row): SpanSeries {
    const key = isRest ? restKey : JSON.stringify([service, name, kind, status]);
    const known = this.#series.get(key);
    if (known) return known;
    const namedCount = this.#series.size - (this.#series.has(restKey) ? 1 : 0);
    if (!isRest && namedCount >= this.#maxSeries) return this.#seriesOf(rest);
    const empty = { calls: 0, milliseconds: 0, buckets: boundsMs.map(() => 0) };
    const series = { service, name, kind, status, isRest: isRest === 1, ...empty };
    this.#series.set(key, series);
    return series;
  }
}

interface Row {
  service: string;
  name: string;
  kind: number;
  status: number;
  isRest: 0 | 1;
  calls: string;
  milliseconds: number;
  buckets: string[];
}

const rest: Row = { service: '', name: '', kind: 0, status: 0, isRest: 1, calls: '0', milliseconds: 0, buckets: [] };
const restKey = 'rest';

const boundsNano = boundsMs.map((ms) => ms * 1_000_000);
const noPlace = 2n ** 64n - 1n;

const number = 'toUnixTimestamp64Milli(received_at)';
const place = 'toUInt64(writer) * 65536 + shardNum()';
const isNew = `received_at > fromUnixTimestamp64Milli({least:Int64}, 'UTC')
  AND ${number} > transform(${place}, {fromPlaces:Array(UInt64)}, {from:Array(Int64)}, {begin:Int64})`;

const newPlacesSql = `SELECT ${place} AS place, toFloat64(max(${number})) AS last FROM spans WHERE ${isNew} GROUP BY place`;

/** All of a batch is there when one of its rows is. */
const newSpansSql = `SELECT if(isRest, '', service) AS service, if(isRest, '', name) AS name, if(isRest, 0, kind) AS kind,
    if(isRest, 0, status) AS status, isRest, sum(calls) AS calls, sum(milliseconds) AS milliseconds, sumForEach(buckets) AS buckets
  FROM (
    SELECT *, row_number() OVER (ORDER BY calls DESC) > {maxSeries:UInt32} AS isRest
    FROM (
      SELECT service_name AS service, name, if(kind > 5, 0, kind) AS kind, if(status_code > 2, 0, status_code) AS status, count() AS calls, sum(duration_nano / 1e6) AS milliseconds,
        sumForEach(arrayMap(bound -> toUInt64(duration_nano <= bound), {boundsNano:Array(UInt64)})) AS buckets
      FROM spans
      WHERE ${isNew} AND ${number} <= transform(${place}, {toPlaces:Array(UInt64)}, {to:Array(Int64)}, 0)
      GROUP BY service, name, kind, status))
  GROUP BY service, name, kind, status, isRest`;
