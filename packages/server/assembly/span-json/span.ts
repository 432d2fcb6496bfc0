/** A row as the JSON text of its span: what `JSON.stringify` makes of `spanOf` (`src/query/span-row.ts`), but for the order of fields. */
import { isZero } from '../bytes';
import { columnSize, itemsEnd, itemsStart, textEnd, textNumber, textStart, valueAt } from './columns';
import {
  comma,
  Literal,
  literal,
  reserve,
  textSize,
  truncate,
  writeByte,
  writeHex,
  writeLong,
  writeNumber,
  writeString,
} from './json-text';
import { writeKey } from './keys';

// The columns of a block, in the order in which they are listed.
const traceIds: usize = 0;
const spanIds: usize = columnSize;
const parentSpanIds: usize = columnSize * 2;
const names: usize = columnSize * 3;
const kinds: usize = columnSize * 4;
const starts: usize = columnSize * 5;
const ends: usize = columnSize * 6;
const flags: usize = columnSize * 7;
const statusCodes: usize = columnSize * 8;
const statusMessages: usize = columnSize * 9;
const stringAttributes: usize = columnSize * 10;
const intAttributes: usize = columnSize * 13;
const boolAttributes: usize = columnSize * 16;

const traceIdField = literal('{"traceId":');
const spanIdField = literal(',"spanId":');
const parentSpanIdField = literal(',"parentSpanId":');
const nameField = literal(',"name":');
const kindField = literal(',"kind":');
const startField = literal(',"startTimeUnixNano":');
const endField = literal(',"endTimeUnixNano":');
const flagsField = literal(',"flags":');
const attributesField = literal(',"attributes":[');
const stringField = literal(',"value":{"stringValue":');
const intField = literal(',"value":{"intValue":');
const boolField = literal(',"value":{"boolValue":');
const trueValue = literal('true');
const falseValue = literal('false');
const attributeEnd = literal('}},');
const statusField = literal(',"status":{');
const messageField = literal('"message":');
const codeField = literal('"code":');
const listEnd: u32 = 0x5d;
const objectEnd: u32 = 0x7d;

export function writeSpan(block: usize, row: u32): void {
  reserve(0);
  writeIds(block, row);
  nameField.write();
  writeText(block + names, row);
  writeUnlessZero(kindField, load<u8>(valueAt(block + kinds, row, 1)));
  writeTime(startField, block + starts, row);
  writeTime(endField, block + ends, row);
  writeUnlessZero(flagsField, load<u32>(valueAt(block + flags, row, 4)));
  writeAttributes(block, row);
  writeStatus(block, row);
  writeByte(objectEnd);
}

function writeIds(block: usize, row: u32): void {
  traceIdField.write();
  writeHex(valueAt(block + traceIds, row, 16), 16);
  spanIdField.write();
  writeHex(valueAt(block + spanIds, row, 8), 8);
  const parent = valueAt(block + parentSpanIds, row, 8);
  if (isZero(parent, 8)) return;
  parentSpanIdField.write();
  writeHex(parent, 8);
}

function writeText(column: usize, index: u32): void {
  const number = textNumber(column, index);
  writeString(textStart(column, number), textEnd(column, number));
}

function writeUnlessZero(field: Literal, value: u32): void {
  if (value === 0) return;
  field.write();
  writeNumber(value);
}

function writeTime(field: Literal, column: usize, row: u32): void {
  field.write();
  writeLong(load<u64>(valueAt(column, row, 8)), false);
}

function writeAttributes(block: usize, row: u32): void {
  const before = textSize();
  attributesField.write();
  const empty = textSize();
  writeStrings(block + stringAttributes, row);
  writeInts(block + intAttributes, row);
  writeBools(block + boolAttributes, row);
  const size = textSize();
  truncate(size === empty ? before : size - 1); // the comma behind the last of them
  if (size !== empty) writeByte(listEnd);
}

function writeStrings(map: usize, row: u32): void {
  const end = itemsEnd(map, row);
  for (let i = itemsStart(map, row); i < end; i++) {
    writeKey(map + columnSize, i, stringField);
    writeText(map + columnSize * 2, i);
    attributeEnd.write();
  }
}

function writeInts(map: usize, row: u32): void {
  const end = itemsEnd(map, row);
  for (let i = itemsStart(map, row); i < end; i++) {
    writeKey(map + columnSize, i, intField);
    const value = load<i64>(valueAt(map + columnSize * 2, i, 8));
    writeLong(value < 0 ? (-value as u64) : (value as u64), value < 0);
    attributeEnd.write();
  }
}

function writeBools(map: usize, row: u32): void {
  const end = itemsEnd(map, row);
  for (let i = itemsStart(map, row); i < end; i++) {
    writeKey(map + columnSize, i, boolField);
    if (load<u8>(valueAt(map + columnSize * 2, i, 1)) !== 0) trueValue.write();
    else falseValue.write();
    attributeEnd.write();
  }
}

function writeStatus(block: usize, row: u32): void {
  const code = load<u8>(valueAt(block + statusCodes, row, 1));
  const messages = block + statusMessages;
  const number = textNumber(messages, row);
  const start = textStart(messages, number);
  const end = textEnd(messages, number);
  if (code === 0 && start === end) return;
  statusField.write();
  if (start !== end) {
    messageField.write();
    writeString(start, end);
    if (code !== 0) writeByte(comma);
  }
  if (code !== 0) {
    codeField.write();
    writeNumber(code);
  }
  writeByte(objectEnd);
}
