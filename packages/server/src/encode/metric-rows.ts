/** Rows of `span_metrics`, while they are made: of span names, and of services as a whole. */
import { type BatchIdentity, CountRows, type Dictionaries } from './batch-counts.ts';
import { ArrayColumn, type Column, type ColumnWriter, DictionaryColumn, PlainColumn, RowEnds } from './columns.ts';
import type { NativeBlock } from './native-block.ts';

export class MetricRows {
  readonly #rows: CountRows;
  readonly #dictionaries: Dictionaries;
  readonly #hasName = new PlainColumn('UInt8', 1);
  readonly #service: DictionaryColumn;
  readonly #name: DictionaryColumn;
  readonly #kind = new PlainColumn('UInt8', 1);
  readonly #entry = new PlainColumn('UInt8', 1);
  readonly #minute = new PlainColumn('UInt32', 4);
  readonly #errors = new PlainColumn('UInt64', 8);
  readonly #durations = new HistogramColumn();
  #rowCount = 0;
  #spanCount = 0;
  #errorCount = 0;

  constructor(batch: BatchIdentity, dictionaries: Dictionaries) {
    this.#rows = new CountRows(batch);
    this.#dictionaries = dictionaries;
    this.#service = new DictionaryColumn(dictionaries.services);
    this.#name = new DictionaryColumn(dictionaries.names);
  }

  /** What is counted from here on is of this name. */
  ofName(service: number, name: number, kind: number, minuteUnix: number): void {
    this.#begin(1, service, name, minuteUnix);
    this.#kind.values.byte(kind);
    this.#entry.values.byte(0);
  }

  /** What is counted from here on is of all of this service. */
  ofService(service: number, entry: number, minuteUnix: number): void {
    this.#begin(0, service, this.#dictionaries.names.emptyNumber(), minuteUnix);
    this.#kind.values.byte(0);
    this.#entry.values.byte(entry);
  }

  #begin(hasName: number, service: number, name: number, minuteUnix: number): void {
    this.#endRow();
    this.#hasName.values.byte(hasName);
    this.#service.push(service);
    this.#name.push(name);
    this.#minute.values.uint32(minuteUnix);
  }

  /** @param bucket never smaller than the one before it in its row */
  count(bucket: number, spanCount: number, isError: boolean): void {
    this.#spanCount += spanCount;
    if (isError) this.#errorCount += spanCount;
    this.#durations.count(bucket, spanCount);
  }

  #endRow(): void {
    if (this.#spanCount === 0) return;
    this.#rows.push(this.#spanCount);
    this.#errors.values.count(this.#errorCount);
    this.#durations.endRow(this.#rowCount++);
    this.#spanCount = this.#errorCount = 0;
  }

  block(): NativeBlock {
    this.#endRow();
    return this.#rows.block({
      has_name: this.#hasName,
      service_name: this.#service,
      name: this.#name,
      kind: this.#kind,
      entry: this.#entry,
      minute_unix: this.#minute,
      error_count: this.#errors,
      durations: this.#durations,
    });
  }
}

/** Buckets that have spans, and how many each has. As a tuple of arrays, of which ClickHouse has the sum by `sumMap`. */
class HistogramColumn implements Column {
  readonly #ends = new RowEnds();
  readonly #buckets = new ArrayColumn(this.#ends, new PlainColumn('UInt16', 2));
  readonly #counts = new ArrayColumn(this.#ends, new PlainColumn('UInt64', 8));
  readonly type: string = `Tuple(${this.#buckets.type}, ${this.#counts.type})`;
  #size = 0;
  #bucket = 0;
  #count = 0;

  count(bucket: number, count: number): void {
    if (bucket !== this.#bucket) this.#endBucket();
    this.#bucket = bucket;
    this.#count += count;
  }

  #endBucket(): void {
    if (this.#count === 0) return;
    this.#buckets.items.values.uint16(this.#bucket);
    this.#counts.items.values.count(this.#count);
    this.#size++;
    this.#count = 0;
  }

  endRow(row: number): void {
    this.#endBucket();
    this.#ends.endRow(row, this.#size);
    this.#size = 0;
  }

  fill(rowCount: number): void {
    this.#buckets.fill(rowCount);
    this.#counts.fill(rowCount);
  }

  writePrefix(out: ColumnWriter): void {
    this.#buckets.writePrefix(out);
    this.#counts.writePrefix(out);
  }

  writeData(out: ColumnWriter): void {
    this.#buckets.writeData(out);
    this.#counts.writeData(out);
  }

  clear(): void {
    this.#buckets.clear();
    this.#counts.clear();
  }
}
