/**
 * The form in which every exporter writes a short attribute: its key, then its value, each once, all lengths of one byte.
 * Most attributes are of it, and are recognized as a whole, so that what has to walk many of them need not take each
 * apart, field by field.
 *
 *   length │ 0a  key length  key │ 12  value length  ┬ 0a  text length  text
 *                                                    ├ 10  bool (varint)
 *                                                    ├ 18  int (varint)
 *                                                    └ 21  double (8 bytes)
 */

/** Where the KeyValue ends whose length stands at `position`; -1 where it has any other form, right or wrong. */
export function shortAttributeEnd(bytes: Uint8Array, position: number, limit: number): number {
  const length = bytes[position] as number;
  const end = position + 1 + length;
  if (!(length < 0x80 && end <= limit) || bytes[position + 1] !== 0x0a) return -1;
  const keyEnd = shortAttributeKeyEnd(bytes, position);
  // Behind it at least: a tag, a length, the value's tag, and one byte.
  if (keyEnd + 4 > end || bytes[keyEnd] !== 0x12 || keyEnd + 2 + (bytes[keyEnd + 1] as number) !== end) return -1;
  return isOneValue(bytes, keyEnd + 2, end) ? end : -1;
}

/** Of an attribute of this form: where its key ends, which begins three bytes after `position`. */
export function shortAttributeKeyEnd(bytes: Uint8Array, position: number): number {
  return position + 3 + (bytes[position + 2] as number);
}

function isOneValue(bytes: Uint8Array, start: number, end: number): boolean {
  switch (bytes[start]) {
    case 0x0a:
      return start + 2 + (bytes[start + 1] as number) === end;
    case 0x10:
    case 0x18:
      return isVarint(bytes, start + 1, end);
    case 0x21:
      return start + 9 === end;
    default:
      return false;
  }
}

/** One of at most nine bytes, and nothing after it. */
function isVarint(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && (bytes[at] as number) >= 0x80) at++;
  return at + 1 === end && end - start < 10;
}
