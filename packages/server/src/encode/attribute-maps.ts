/**
 * Attributes by type: five maps, whose columns share one dictionary of keys. Of several attributes with the same
 * key, which OTLP forbids, the last one counts.
 */
import type { ProtobufReader } from '@sightline/wire';
import { anyValueJson } from './any-value-json.ts';
import {
  type AttributeList,
  attributeTypes,
  boolType,
  doubleType,
  entrySize,
  intType,
  stringType,
} from './attribute-list.ts';
import { type Column, DictionaryColumn, MapColumn, PlainColumn } from './columns.ts';
import type { Dictionary } from './dictionary.ts';
import type { SlotCounts } from './slot-counts.ts';

export class AttributeMaps {
  readonly strings: MapColumn<DictionaryColumn>;
  readonly ints: MapColumn<PlainColumn>;
  readonly doubles: MapColumn<PlainColumn>;
  readonly bools: MapColumn<PlainColumn>;
  readonly others: MapColumn<PlainColumn>;
  readonly #keys: Dictionary;
  /** By a key's number: which entry of the list at hand has it, the last one where there are several. */
  #entryOf = new Int32Array(256);
  /** By a key's number, and 0 for the beginning: the key that came after it last, which mostly comes again. */
  #keyAfter = new Int32Array(257);
  /** By a key's number: the text that it had last. */
  #textOf = new Int32Array(256);

  constructor(keys: Dictionary, texts: Dictionary) {
    this.#keys = keys;
    this.strings = new MapColumn(keys, new DictionaryColumn(texts));
    this.ints = new MapColumn(keys, new PlainColumn('Int64'));
    this.doubles = new MapColumn(keys, new PlainColumn('Float64'));
    this.bools = new MapColumn(keys, new PlainColumn('Bool'));
    this.others = new MapColumn(keys, new PlainColumn('String'));
  }

  /** By their names in the table, which begin with `prefix`. */
  columns(prefix: string): Record<string, Column> {
    const maps: readonly Column[] = [this.strings, this.ints, this.doubles, this.bools, this.others];
    return Object.fromEntries(maps.map((map, type) => [`${prefix}_${attributeTypes[type]}`, map]));
  }

  clear(): void {
    this.strings.clear();
    this.ints.clear();
    this.doubles.clear();
    this.bools.clear();
    this.others.clear();
  }

  /**
   * One row of each map. The list's entries are used up: a key's number takes the place of its start.
   * @param counts of slots, `key number * attributeTypes.length + type`: each key that is there is counted once
   */
  append(reader: ProtobufReader, list: AttributeList, counts: SlotCounts): void {
    const { position, limit } = reader;
    this.#numberKeys(reader.bytes, list);
    const { entries, end } = list;
    for (let at = 0; at < end; at += entrySize) {
      const key = entries[at] as number;
      if (this.#entryOf[key] !== at) continue;
      const type = entries[at + 2] as number;
      counts.add(key * attributeTypes.length + type, 1);
      reader.position = entries[at + 3] as number;
      reader.limit = entries[at + 4] as number;
      this.#appendValue(reader, key, type);
    }
    reader.position = position;
    reader.limit = limit;
    this.#endRow();
  }

  /** The rows of `other`, as one row. */
  copy(other: AttributeMaps): void {
    this.strings.copy(other.strings);
    this.ints.copy(other.ints);
    this.doubles.copy(other.doubles);
    this.bools.copy(other.bools);
    this.others.copy(other.others);
  }

  #numberKeys(bytes: Uint8Array, { entries, end }: AttributeList): void {
    let before = 0;
    for (let at = 0; at < end; at += entrySize) {
      const guess = this.#keyAfter[before] as number;
      const key = this.#keys.numberOfLike(guess, bytes, entries[at] as number, entries[at + 1] as number);
      if (key >= this.#entryOf.length) this.#grow(key);
      this.#keyAfter[before] = key;
      before = key + 1;
      entries[at] = key;
      this.#entryOf[key] = at;
    }
  }

  #appendValue(reader: ProtobufReader, key: number, type: number): void {
    switch (type) {
      case stringType:
        this.strings.keys.push(key);
        this.#textOf[key] = this.strings.values.textLike(
          this.#textOf[key] as number,
          reader.bytes,
          reader.position,
          reader.limit,
        );
        return;
      case intType:
        this.ints.keys.push(key);
        reader.varint();
        this.ints.values.values.uint64(reader.high, reader.low);
        return;
      case doubleType:
        this.doubles.keys.push(key);
        this.doubles.values.values.raw(reader.bytes, reader.position, reader.position + 8);
        return;
      case boolType:
        this.bools.keys.push(key);
        this.bools.values.values.byte(reader.varint() === 0 && reader.high === 0 ? 0 : 1);
        return;
      default:
        this.others.keys.push(key);
        this.others.values.values.string(anyValueJson(reader));
    }
  }

  #endRow(): void {
    this.strings.endRow();
    this.ints.endRow();
    this.doubles.endRow();
    this.bools.endRow();
    this.others.endRow();
  }

  #grow(key: number): void {
    const length = Math.max(this.#entryOf.length * 2, key + 1);
    this.#entryOf = grown(this.#entryOf, length);
    this.#keyAfter = grown(this.#keyAfter, length + 1);
    this.#textOf = grown(this.#textOf, length);
  }
}

function grown(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(length);
  longer.set(array);
  return longer;
}
