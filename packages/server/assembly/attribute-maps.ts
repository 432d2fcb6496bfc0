/**
 * Attributes by type: five maps, whose columns share one dictionary of keys. Of several attributes with the same
 * key, which OTLP forbids, the last one counts.
 */
import {
  AttributeList,
  boolType,
  doubleType,
  endAt,
  entrySize,
  intType,
  keySizeAt,
  nodeAt,
  stringType,
  typeAt,
  valueAt,
} from './attribute-list';
import { AttributeShapes } from './attribute-shapes';
import { DictionaryColumn, MapColumn, PlainColumn, TextColumn } from './columns';
import { Dictionary } from './dictionary';
import { valueJson } from './host';
import { beginReading, Reader } from './reader';
import { Table } from './table';

export class AttributeMaps {
  readonly strings: MapColumn<DictionaryColumn>;
  readonly ints: MapColumn<PlainColumn>;
  readonly doubles: MapColumn<PlainColumn>;
  readonly bools: MapColumn<PlainColumn>;
  readonly others: MapColumn<TextColumn>;
  /** How often each attribute was there. */
  readonly shapes: AttributeShapes;
  /** By a key's number: the list that had it last, and where that list had it: offset of the entry. */
  private readonly seen: Table = new Table(2048);
  private listNumber: u32 = 0;

  constructor(keys: Dictionary, texts: Dictionary) {
    this.shapes = new AttributeShapes(keys);
    this.strings = new MapColumn<DictionaryColumn>(keys, new DictionaryColumn(texts));
    this.ints = new MapColumn<PlainColumn>(keys, new PlainColumn(8));
    this.doubles = new MapColumn<PlainColumn>(keys, new PlainColumn(8));
    this.bools = new MapColumn<PlainColumn>(keys, new PlainColumn(1));
    this.others = new MapColumn<TextColumn>(keys, new TextColumn());
  }

  /** The memory that it had is gone already. */
  clear(): void {
    this.strings.clear();
    this.ints.clear();
    this.doubles.clear();
    this.bools.clear();
    this.others.clear();
    this.shapes.clear();
    this.seen.clear();
    this.listNumber = 0;
  }

  /** Without rows; what is known of keys stays. */
  rewind(): void {
    this.strings.rewind();
    this.ints.rewind();
    this.doubles.rewind();
    this.bools.rewind();
    this.others.rewind();
  }

  /** Row `row` of each map. */
  append(row: u32, list: AttributeList): void {
    if (this.findNodes(list)) {
      this.leaveOutRepeats(list);
      this.findNodes(list);
    }
    const end = list.end;
    for (let entry = list.begin; entry < end; entry += entrySize) this.appendValue(entry);
    if (end > list.begin) this.shapes.count(load<u32>(end - entrySize, nodeAt));
    this.strings.endRow(row);
    this.ints.endRow(row);
    this.doubles.endRow(row);
    this.bools.endRow(row);
    this.others.endRow(row);
  }

  /** The only row of `other`, as `times` rows from `row` on. */
  copy(other: AttributeMaps, row: u32, times: u32): void {
    this.strings.copy(other.strings, row, times);
    this.ints.copy(other.ints, row, times);
    this.doubles.copy(other.doubles, row, times);
    this.bools.copy(other.bools, row, times);
    this.others.copy(other.others, row, times);
  }

  /** @returns whether a key is there more than once */
  private findNodes(list: AttributeList): bool {
    const shapes = this.shapes;
    const listNumber = ++this.listNumber;
    const begin = list.begin;
    const end = list.end;
    let hasRepeats = false;
    let node: u32 = 0;
    for (let entry = begin; entry < end; entry += entrySize) {
      node = shapes.next(node, load<u32>(entry, typeAt), load<u32>(entry), load<u32>(entry, keySizeAt));
      store<u32>(entry, node, nodeAt);
      const offset = (shapes.keyOf(node) as usize) << 3;
      this.seen.reserve(offset + 8);
      const seen = this.seen.at + offset;
      if (load<u32>(seen) === listNumber) hasRepeats = true;
      store<u32>(seen, listNumber);
      store<u32>(seen, (entry - begin) as u32, 4);
    }
    return hasRepeats;
  }

  private leaveOutRepeats(list: AttributeList): void {
    for (let entry = list.begin; entry < list.end; entry += entrySize) {
      const seen = this.seen.at + ((this.shapes.keyOf(load<u32>(entry, nodeAt)) as usize) << 3);
      if (load<u32>(seen, 4) !== entry - list.begin) store<u32>(entry, 0, nodeAt);
    }
    list.compact();
  }

  private appendValue(entry: usize): void {
    const node = load<u32>(entry, nodeAt);
    const key = this.shapes.keyOf(node);
    const value = load<u32>(entry, valueAt);
    const end = load<u32>(entry, endAt);
    const type = load<u32>(entry, typeAt);
    if (type === stringType) {
      this.strings.keys.push(key);
      this.strings.items.push(this.shapes.valueNumber(node, this.strings.items.dictionary, value, end - value));
    } else if (type === intType) {
      this.ints.keys.push(key);
      beginReading(value, end);
      this.ints.items.values.uint64(Reader.varint());
    } else if (type === doubleType) {
      this.doubles.keys.push(key);
      this.doubles.items.values.uint64(load<u64>(value));
    } else if (type === boolType) {
      this.bools.keys.push(key);
      beginReading(value, end);
      this.bools.items.values.byte(Reader.varint() === 0 ? 0 : 1);
    } else {
      this.others.keys.push(key);
      this.others.items.hosted(valueJson(value, end));
    }
  }
}
