/**
 * An attribute up to its value, `{"key":"http.route","value":{"stringValue":`: the same for each value of a key, so that it is made once
 * for each text of a dictionary.
 *
 *   pieces of a column = [ piece, size ] for each text      two u32, zeros until it is made
 */
import { copyBytes } from '../bytes';
import { allocate } from '../memory';
import { isDictionary, textCount, textEnd, textNumber, textStart } from './columns';
import { Literal, literal, textAt, textSize, writeBytes, writeString } from './json-text';

const keyField = literal('{"key":');
const pieceSize: usize = 8;

/** @param field what stands between a key and its value: always the same for one column */
export function writeKey(keys: usize, index: u32, field: Literal): void {
  const number = textNumber(keys, index);
  if (!isDictionary(keys)) {
    makeKey(keys, number, field);
    return;
  }
  const piece = piecesOf(keys) + (number as usize) * pieceSize;
  const size = load<u32>(piece, 4);
  if (size !== 0) writeBytes(load<u32>(piece), size);
  else keepKey(piece, keys, number, field);
}

function makeKey(keys: usize, number: u32, field: Literal): void {
  keyField.write();
  writeString(textStart(keys, number), textEnd(keys, number));
  field.write();
}

function keepKey(piece: usize, keys: usize, number: u32, field: Literal): void {
  const before = textSize();
  makeKey(keys, number, field);
  const size = textSize() - before;
  const kept = allocate(size);
  copyBytes(kept, textAt() + before, size);
  store<u32>(piece, kept as u32);
  store<u32>(piece, size as u32, 4);
}

function piecesOf(keys: usize): usize {
  const known = load<u32>(keys, 28);
  if (known !== 0) return known;
  const size = (textCount(keys) as usize) * pieceSize;
  const made = allocate(size);
  memory.fill(made, 0, size);
  store<u32>(keys, made as u32, 28);
  return made;
}
