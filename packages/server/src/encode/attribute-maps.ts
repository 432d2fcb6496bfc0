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
import { AttributeShapes } from './attribute-shapes.ts';
import { type Column, DictionaryColumn, MapColumn, PlainColumn, TextColumn } from './columns.ts';
import type { Dictionary } from './dictionary.ts';
import { grown } from './grown.ts';

export class AttributeMaps {
  readonly strings: MapColumn<DictionaryColumn>;
  readonly ints: MapColumn<PlainColumn>;
  readonly doubles: MapColumn<PlainColumn>;
  readonly bools: MapColumn<PlainColumn>;
  readonly others: MapColumn<TextColumn>;
  /** How often each attribute was there. */
  readonly shapes: AttributeShapes;
  /** By node: the number of the text that it had last. */
  #texts = new Int32Array(256);
  /** By a key's number: the list that had it last, and where in that list. */
  #listOf = new Int32Array(256);
  #entryOf = new Int32Array(256);
  #listNumber = 0;

  constructor(keys: Dictionary, texts: Dictionary) {
    this.shapes = new AttributeShapes(keys);
    this.strings = new MapColumn(keys, new DictionaryColumn(texts));
    this.ints = new MapColumn(keys, new PlainColumn('Int64', 8));
    this.doubles = new MapColumn(keys, new PlainColumn('Float64', 8));
    this.bools = new MapColumn(keys, new PlainColumn('Bool', 1));
    this.others = new MapColumn(keys, new TextColumn());
  }

  /** By their names in the table, which begin with `prefix`. */
  columns(prefix: string): Record<string, Column> {
    const maps: readonly Column[] = [this.strings, this.ints, this.doubles, this.bools, this.others];
    return Object.fromEntries(maps.map((map, type) => [`${prefix}_${attributeTypes[type]}`, map]));
  }

  /** The rows; what is known of keys stays. */
  clear(): void {
    this.strings.clear();
    this.ints.clear();
    this.doubles.clear();
    this.bools.clear();
    this.others.clear();
  }

  /** Row `row` of each map. */
  append(row: number, reader: ProtobufReader, list: AttributeList): void {
    const { position, limit } = reader;
    if (this.#findNodes(reader.bytes, list)) {
      list.keep((at) => this.#entryOf[this.#keyAt(list, at)] === at);
      this.#findNodes(reader.bytes, list);
    }
    const { entries, end } = list;
    for (let at = 0; at < end; at += entrySize) {
      reader.position = entries[at + 3] as number;
      reader.limit = entries[at + 4] as number;
      this.#appendValue(reader, entries[at + 2] as number, entries[at + 5] as number);
    }
    if (end > 0) this.shapes.count(entries[end - 1] as number);
    reader.position = position;
    reader.limit = limit;
    this.#endRow(row);
  }

  /** The only row of `other`, as `times` rows from `row` on. */
  copy(other: AttributeMaps, row: number, times: number): void {
    this.strings.copy(other.strings, row, times);
    this.ints.copy(other.ints, row, times);
    this.doubles.copy(other.doubles, row, times);
    this.bools.copy(other.bools, row, times);
    this.others.copy(other.others, row, times);
  }

  /** @returns whether a key is there more than once */
  #findNodes(bytes: Uint8Array, { entries, end }: AttributeList): boolean {
    const { shapes } = this;
    const listNumber = ++this.#listNumber;
    let hasRepeats = false;
    let node = 0;
    for (let at = 0; at < end; at += entrySize) {
      node = shapes.next(node, entries[at + 2] as number, bytes, entries[at] as number, entries[at + 1] as number);
      entries[at + 5] = node;
      const key = shapes.keyOf(node);
      if (key >= this.#listOf.length || node >= this.#texts.length) this.#grow(Math.max(key, node));
      hasRepeats ||= this.#listOf[key] === listNumber;
      this.#listOf[key] = listNumber;
      this.#entryOf[key] = at;
    }
    return hasRepeats;
  }

  #keyAt({ entries }: AttributeList, at: number): number {
    return this.shapes.keyOf(entries[at + 5] as number);
  }

  #appendValue(reader: ProtobufReader, type: number, node: number): void {
    const key = this.shapes.keyOf(node);
    switch (type) {
      case stringType:
        this.strings.keys.push(key);
        this.#texts[node] = this.strings.values.textLike(
          this.#texts[node] as number,
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
        this.others.values.string(anyValueJson(reader));
    }
  }

  #endRow(row: number): void {
    this.strings.endRow(row);
    this.ints.endRow(row);
    this.doubles.endRow(row);
    this.bools.endRow(row);
    this.others.endRow(row);
  }

  #grow(index: number): void {
    this.#texts = grown(this.#texts, index + 1);
    this.#listOf = grown(this.#listOf, index + 1);
    this.#entryOf = grown(this.#entryOf, index + 1);
  }
}
