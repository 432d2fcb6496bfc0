/**
 * What of HPACK a call needs whose two sides keep no table of each other's headers: all are written out. An answer's
 * may be shortened by Huffman's code, of which the part for printable ASCII is here.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7541
 */

/** Of Appendix A: those that say more than a name. */
const statuses: Readonly<Record<number, string>> = {
  8: '200',
  9: '204',
  10: '206',
  11: '304',
  12: '400',
  13: '404',
  14: '500',
};
const lastOfStaticTable = 61;

/** Literals that nobody is to remember: 00, name, value. */
export function encodeHeaders(headers: Iterable<readonly [name: string, value: string]>): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of headers) parts.push(Buffer.from([0]), encodeText(name), encodeText(value));
  return Buffer.concat(parts);
}

function encodeText(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  return Buffer.concat([encodeInteger(bytes.length), bytes]);
}

/** With a prefix of seven bits, the first one of the byte being 0. */
function encodeInteger(value: number): Buffer {
  if (value < 127) return Buffer.from([value]);
  const bytes = [127];
  let rest = value - 127;
  for (; rest >= 128; rest >>= 7) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}

/** Headers whose name stands in the static table are left out, but for `:status`. @throws where it refers to a table that we do not keep */
export function decodeHeaders(block: Uint8Array): Map<string, string> {
  const reader = new BlockReader(block);
  const headers = new Map<string, string>();
  while (!reader.isAtEnd) {
    const [name, value] = reader.field();
    if (name !== '') headers.set(name, value);
  }
  return headers;
}

class BlockReader {
  readonly #block: Uint8Array;
  #at = 0;

  constructor(block: Uint8Array) {
    this.#block = block;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#block.length;
  }

  /** An empty name for what says nothing here. */
  field(): readonly [name: string, value: string] {
    const first = this.#block[this.#at] ?? 0;
    if (first & 0x80) return nameOf(this.#integer(7));
    if ((first & 0xe0) === 0x20) {
      this.#integer(5); // the size of a table that stays empty
      return ['', ''];
    }
    const index = this.#integer(first & 0x40 ? 6 : 4);
    const name = index === 0 ? this.#text() : nameOf(index)[0];
    return [name, this.#text()];
  }

  #integer(prefixBits: number): number {
    const largest = 2 ** prefixBits - 1;
    let value = this.#byte() & largest;
    if (value < largest) return value;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * scale;
      if (byte < 128 || scale > 2 ** 21) return value;
    }
  }

  #text(): string {
    const isShortened = ((this.#block[this.#at] ?? 0) & 0x80) !== 0;
    const length = this.#integer(7);
    const bytes = this.#block.subarray(this.#at, this.#at + length);
    if (bytes.length < length) throw new Error('a header ends too early');
    this.#at += length;
    return isShortened ? readHuffman(bytes) : Buffer.from(bytes).toString('latin1');
  }

  #byte(): number {
    const byte = this.#block[this.#at++];
    if (byte === undefined) throw new Error('a header ends too early');
    return byte;
  }
}

function nameOf(index: number): readonly [name: string, value: string] {
  if (index > lastOfStaticTable) throw new Error('a header refers to an earlier one');
  const status = statuses[index];
  return status === undefined ? ['', ''] : [':status', status];
}

/** Of Appendix B: characters by the length of their code, in bits. Within a length, codes count up. */
const huffman: readonly (readonly [bits: number, characters: string])[] = [
  [5, '012aceiost'],
  [6, ' %-./3456789=A_bdfghlmnpru'],
  [7, ':BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz'],
  [8, '&*,;XZ'],
  [10, '!"()?'],
  [11, "'+|"],
  [12, '#>'],
  [13, '\0$@[]~'],
  [14, '^}'],
  [15, '<`{'],
];

/** Up to the first character that is none of the table's. */
function readHuffman(bytes: Uint8Array): string {
  let text = '';
  let code = 0;
  let bits = 0;
  for (let at = 0; at < bytes.length * 8; at++) {
    code = (code << 1) | (((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
    bits++;
    const character = codes.get(bits * 65_536 + code);
    if (character === undefined && bits < 15) continue;
    if (character === undefined) return text;
    text += character;
    code = 0;
    bits = 0;
  }
  return text;
}

/** By length × 65,536 + code. */
const codes: ReadonlyMap<number, string> = new Map(codesOf());

function* codesOf(): Generator<[number, string]> {
  let next = 0;
  let length = 0;
  for (const [bits, characters] of huffman) {
    next <<= bits - length;
    length = bits;
    for (const character of characters) yield [bits * 65_536 + next++, character];
  }
}
