/**
 * What a batch adds to the tables that count: spans by service, name, kind and hour (`span_names`), and by attribute
 * key (`attribute_keys`). The module counts while it encodes the spans, when every name is a number already
 * (`assembly/batch-counts.ts` draws its groups); having ClickHouse read the batch again for it took 6 µs of CPU a span.
 */
import { attributeTypes } from './attribute-types.ts';
import { DictionaryColumn, type DictionaryKeys, PlainColumn, TextColumn } from './columns.ts';
import type { EncoderModule } from './encoder-module.ts';
import { type NativeBlock, nativeBlock } from './native-block.ts';

const dayMs = 86_400_000;
const scopes = ['span', 'resource'] as const;
export const groupSize = 32;
const keyGroupSize = 16;

/** The same in all rows of a batch. */
export interface BatchIdentity {
  receivedAtMs: number;
  writer: number;
}

/** Those of the columns of `spans`, whose numbers are counted here. */
export interface Dictionaries {
  services: DictionaryKeys;
  names: DictionaryKeys;
  keys: DictionaryKeys;
}

/** Rows of `span_names`. */
export function namesBlock(module: EncoderModule, dictionaries: Dictionaries, batch: BatchIdentity): NativeBlock {
  const rows = new CountRows(batch);
  const service = new DictionaryColumn(dictionaries.services);
  const name = new DictionaryColumn(dictionaries.names);
  const [kind, hour] = [new PlainColumn('UInt8', 1), new PlainColumn('UInt32', 4)];
  const [errors, start] = [new PlainColumn('UInt64', 8), new PlainColumn('UInt64', 8)];
  const groups = new DataView(module.memory.buffer, module.groupsAt());
  for (let number = 0; number < module.groupCount(); number++) {
    const at = number * groupSize;
    rows.push(groups.getUint32(at + 16, true));
    service.push(groups.getUint32(at, true));
    name.push(groups.getUint32(at + 4, true));
    kind.values.byte(groups.getUint32(at + 8, true));
    hour.values.uint32(groups.getUint32(at + 12, true));
    errors.values.count(groups.getUint32(at + 20, true));
    start.values.uint64(groups.getUint32(at + 28, true), groups.getUint32(at + 24, true));
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
export function keysBlock(module: EncoderModule, dictionaries: Dictionaries, batch: BatchIdentity): NativeBlock {
  const rows = new CountRows(batch);
  const service = new DictionaryColumn(dictionaries.services);
  const key = new DictionaryColumn(dictionaries.keys);
  const [scope, type] = [new TextColumn(), new TextColumn()];
  const groups = new DataView(module.memory.buffer, module.keyGroupsAt());
  for (let number = 0; number < module.keyGroupCount(); number++) {
    const at = number * keyGroupSize;
    const slot = groups.getUint32(at + 8, true);
    rows.push(groups.getUint32(at + 12, true));
    service.push(groups.getUint32(at + 4, true));
    key.push(Math.floor(slot / attributeTypes.length));
    scope.string(scopes[groups.getUint32(at, true)] as string);
    type.string(attributeTypes[slot % attributeTypes.length] as string);
  }
  return rows.block({ scope, service_name: service, key, type });
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
