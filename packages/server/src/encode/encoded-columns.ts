/** The columns of `spans` that the module fills, as `nativeBlock` takes them. */
import { type Column, type ColumnWriter, dictionaryVersion } from './columns.ts';
import { type EncoderModule, listedPieces } from './encoder-module.ts';
import type { EventColumns } from './event-columns.ts';
import type { LinkColumns } from './link-columns.ts';

const attributeColumns = (prefix: string): [string, string][] => [
  [`${prefix}_string`, 'Map(LowCardinality(String), LowCardinality(String))'],
  [`${prefix}_int`, 'Map(LowCardinality(String), Int64)'],
  [`${prefix}_double`, 'Map(LowCardinality(String), Float64)'],
  [`${prefix}_bool`, 'Map(LowCardinality(String), Bool)'],
  [`${prefix}_other`, 'Map(LowCardinality(String), String)'],
];

/** Name and type, by the module's number for it: in the order of `columns` in `assembly/span-columns.ts`. */
const encodedColumns: readonly [string, string][] = [
  ['received_at', "DateTime64(3, 'UTC')"],
  ['writer', 'UInt32'],
  ['trace_id', 'FixedString(16)'],
  ['span_id', 'FixedString(8)'],
  ['parent_span_id', 'FixedString(8)'],
  ['trace_state', 'String'],
  ['flags', 'UInt32'],
  ['service_name', 'LowCardinality(String)'],
  ['name', 'LowCardinality(String)'],
  ['kind', 'UInt8'],
  ['start_unix_nano', 'UInt64'],
  ['duration_nano', 'UInt64'],
  ['end_before_start_nano', 'UInt64'],
  ['status_code', 'UInt8'],
  ['status_message', 'String'],
  ...attributeColumns('attr'),
  ['dropped_attributes', 'UInt32'],
  ['dropped_events', 'UInt32'],
  ['dropped_links', 'UInt32'],
  ...attributeColumns('resource'),
  ['resource_dropped', 'UInt32'],
  ['resource_schema_url', 'LowCardinality(String)'],
  ['scope_name', 'LowCardinality(String)'],
  ['scope_version', 'LowCardinality(String)'],
  ['scope_attributes', 'String'],
  ['scope_dropped', 'UInt32'],
  ['scope_schema_url', 'LowCardinality(String)'],
];

/** All columns of `spans`, in their order in the block. */
export function spanColumns(
  module: EncoderModule,
  events: EventColumns,
  links: LinkColumns,
): Readonly<Record<string, Column>> {
  const columns: Record<string, Column> = {};
  for (const [number, [name, type]] of encodedColumns.entries()) {
    if (name === 'dropped_events') Object.assign(columns, events.columns);
    if (name === 'dropped_links') Object.assign(columns, links.columns);
    columns[name] = new EncodedColumn(module, number, type);
  }
  return columns;
}

/** What the module has completed. */
class EncodedColumn implements Column {
  readonly type: string;
  readonly #module: EncoderModule;
  readonly #number: number;

  constructor(module: EncoderModule, number: number, type: string) {
    this.type = type;
    this.#module = module;
    this.#number = number;
  }

  fill(): void {}

  writePrefix(out: ColumnWriter): void {
    for (const _ of this.type.matchAll(/LowCardinality/g)) out.count(dictionaryVersion);
  }

  writeData(out: ColumnWriter): void {
    for (const piece of listedPieces(this.#module, this.#module.listColumn(this.#number))) out.raw(piece);
  }

  clear(): void {}
}
