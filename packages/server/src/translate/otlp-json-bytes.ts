/**
 * OTLP's JSON → its protobuf, bytes to bytes: no string, no object for what is only passed on. It knows what exporters
 * write, and gives up at anything else (names in snake_case, enums by name, negative integers, base64, null, an error):
 * `readTracesJson` knows the rest, and how to say what is wrong and where.
 */
import { type Field, ForwardWriter, type Message, maxDepth, tracesData } from '@sightline/wire';

/** Beyond it a text is made to cost time; the slow reader says so. */
const maxObjects = 1_000_000;

/** Thrown, and never seen: making an error takes longer than what it interrupts. */
const unusual = Symbol('unusual');

/** @returns undefined where the text is not what exporters write, which does not mean that it is wrong */
export function otlpJsonToProtobuf(json: Uint8Array): Uint8Array | undefined {
  try {
    return new Transcoder(json).run();
  } catch (error) {
    if (error === unusual) return undefined;
    throw error;
  }
}

interface NamedField {
  /** As it stands in the text, without quotes. */
  name: Uint8Array;
  field: Field;
  message: Message | undefined;
  tag: number;
}

const wireTypes: Record<Field['type'], number> = {
  string: 2,
  id: 2,
  bytes: 2,
  message: 2,
  bool: 0,
  uint32: 0,
  enum: 0,
  int32: 0,
  int64: 0,
  uint64: 0,
  fixed32: 5,
  fixed64: 1,
  double: 1,
};

const namedFields = new Map<Message, readonly NamedField[]>();

function namedFieldsOf(message: Message): readonly NamedField[] {
  const known = namedFields.get(message);
  if (known) return known;
  const fields = message.fields.flatMap((field) => {
    if (!field) return [];
    const name = new TextEncoder().encode(field.name);
    return [{ name, field, message: field.message, tag: (field.number << 3) | wireTypes[field.type] }];
  });
  namedFields.set(message, fields);
  return fields;
}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

class Transcoder {
  readonly #in: Uint8Array;
  #at = 0;
  readonly #out: ForwardWriter;
  #objectCount = 0;

  constructor(json: Uint8Array) {
    this.#in = json;
    // Protobuf is smaller than its JSON, but for a text that is nothing but brackets.
    this.#out = new ForwardWriter(json.length + 64);
  }

  run(): Uint8Array {
    this.#object(tracesData, 0);
    this.#space();
    if (this.#at !== this.#in.length) throw unusual;
    return this.#out.written();
  }

  #object(message: Message, depth: number): void {
    if (depth > maxDepth || ++this.#objectCount > maxObjects) throw unusual;
    const fields = namedFieldsOf(message);
    let seen = 0;
    let next = 0;
    this.#expect(openBrace);
    if (this.#takes(closeBrace)) return;
    do {
      const index = this.#memberOf(fields, next);
      const { field } = fields[index] as NamedField;
      next = index + 1;
      // Of a oneof, two members are as one that comes twice.
      const bit = field.isOneOf ? 1 << 31 : 1 << field.number;
      if ((seen & bit) !== 0) throw unusual;
      seen |= bit;
      this.#expect(colon);
      this.#member(fields[index] as NamedField, depth);
    } while (this.#takes(comma));
    this.#expect(closeBrace);
  }

  /** Members come in the same order each time, so the one after the last is tried first. */
  #memberOf(fields: readonly NamedField[], first: number): number {
    this.#expect(quote);
    for (let i = 0; i < fields.length; i++) {
      const index = (first + i) % fields.length;
      if (this.#takesName((fields[index] as NamedField).name)) return index;
    }
    throw unusual;
  }

  #takesName(name: Uint8Array): boolean {
    const bytes = this.#in;
    const at = this.#at;
    const end = at + name.length;
    if (bytes[end] !== quote) return false;
    for (let i = name.length - 1; i >= 0; i--) {
      if (bytes[at + i] !== name[i]) return false;
    }
    this.#at = end + 1;
    return true;
  }

  #member(member: NamedField, depth: number): void {
    if (!member.field.isRepeated) {
      this.#value(member, depth);
      return;
    }
    this.#expect(openBracket);
    if (this.#takes(closeBracket)) return;
    do this.#value(member, depth);
    while (this.#takes(comma));
    this.#expect(closeBracket);
  }

  #value({ field, message, tag }: NamedField, depth: number): void {
    const start = this.#out.length;
    this.#out.varint(tag);
    const valueStart = this.#out.length;
    const isDefault = message ? this.#message(message, depth) : this.#scalar(field);
    // A default value is the same as none, where being there does not say anything.
    if (isDefault && !field.isOneOf && !field.isRepeated && !message) this.#out.truncate(start);
    else if (this.#out.length === valueStart) throw unusual;
  }

  #message(message: Message, depth: number): boolean {
    const start = this.#out.beginLength();
    this.#object(message, depth + 1);
    this.#out.endLength(start);
    return false;
  }

  /** @returns whether it is the type's default value */
  #scalar(field: Field): boolean {
    switch (field.type) {
      case 'string':
        return this.#string();
      case 'id':
        return this.#hex();
      case 'fixed64':
        return this.#fixed64();
      case 'int64':
        return this.#int64();
      case 'uint32':
      case 'enum':
      case 'int32':
        return this.#smallInteger(false);
      case 'fixed32':
        return this.#smallInteger(true);
      case 'double':
        return this.#double();
      case 'bool':
        return this.#bool();
      default:
        throw unusual;
    }
  }

  #string(): boolean {
    const bytes = this.#in;
    this.#expect(quote);
    const start = this.#out.beginLength();
    let from = this.#at;
    for (;;) {
      const byte = bytes[this.#at];
      if (byte === undefined || byte < 0x20) throw unusual;
      if (byte === quote) break;
      if (byte !== backslash) {
        this.#at++;
        continue;
      }
      this.#out.raw(bytes, from, this.#at);
      this.#escape();
      from = this.#at;
    }
    // UTF-8 if the text is; what is not is repaired by who stores it.
    this.#out.raw(bytes, from, this.#at);
    this.#at++;
    const isEmpty = this.#out.length === start;
    this.#out.endLength(start);
    return isEmpty;
  }

  #escape(): void {
    const letter = this.#in[this.#at + 1];
    this.#at += 2;
    const simple = letter === undefined ? undefined : escapes.get(letter);
    if (simple !== undefined) {
      this.#out.byte(simple);
      return;
    }
    if (letter !== 0x75) throw unusual;
    const unit = (this.#hexDigit() << 12) | (this.#hexDigit() << 8) | (this.#hexDigit() << 4) | this.#hexDigit();
    // Half of a pair: two escapes are one character.
    if (unit >= 0xd800 && unit < 0xe000) throw unusual;
    if (unit < 0x80) this.#out.byte(unit);
    else {
      if (unit < 0x800) this.#out.byte(0xc0 | (unit >> 6));
      else {
        this.#out.byte(0xe0 | (unit >> 12));
        this.#out.byte(0x80 | ((unit >> 6) & 0x3f));
      }
      this.#out.byte(0x80 | (unit & 0x3f));
    }
  }

  #hex(): boolean {
    this.#expect(quote);
    const start = this.#out.beginLength();
    while (this.#in[this.#at] !== quote) this.#out.byte((this.#hexDigit() << 4) | this.#hexDigit());
    this.#at++;
    const isEmpty = this.#out.length === start;
    this.#out.endLength(start);
    return isEmpty;
  }

  #hexDigit(): number {
    const byte = this.#in[this.#at++] ?? 0;
    if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
    const letter = byte | 0x20;
    if (letter >= 0x61 && letter <= 0x66) return letter - 0x57;
    throw unusual;
  }

  /** Digits with or without quotes: the upper ones, above 10⁹, and the lower nine. */
  #digits(mostDigits: number): { upper: number; lower: number } {
    const isQuoted = this.#takes(quote);
    const bytes = this.#in;
    const start = this.#at;
    let end = start;
    while (isDigit(bytes[end])) end++;
    const count = end - start;
    if (count === 0 || count > mostDigits || (count > 1 && bytes[start] === 0x30)) throw unusual;
    let upper = 0;
    let lower = 0;
    for (let i = start; i < end - 9; i++) upper = upper * 10 + (bytes[i] as number) - 0x30;
    for (let i = Math.max(start, end - 9); i < end; i++) lower = lower * 10 + (bytes[i] as number) - 0x30;
    this.#at = end;
    if (isQuoted ? bytes[this.#at++] !== quote : isNumberByte(bytes[end])) throw unusual;
    return { upper, lower };
  }

  #fixed64(): boolean {
    const { upper, lower } = this.#digits(19);
    // upper · 10⁹ + lower in 16-bit steps: every intermediate stays below 2^53.
    const high = Math.floor(upper / 65536) * 1e9;
    const low = (high % 65536) * 65536 + (upper % 65536) * 1e9 + lower;
    const highWord = Math.floor(high / 65536) + Math.floor(low / 2 ** 32);
    this.#out.uint32(low % 2 ** 32);
    this.#out.uint32(highWord);
    return upper === 0 && lower === 0;
  }

  #int64(): boolean {
    const { upper, lower } = this.#digits(15);
    let rest = upper * 1e9 + lower;
    while (rest >= 0x80) {
      this.#out.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.#out.byte(rest);
    return upper === 0 && lower === 0;
  }

  #smallInteger(isFixed: boolean): boolean {
    const { lower } = this.#digits(9);
    if (isFixed) this.#out.uint32(lower);
    else this.#out.varint(lower);
    return lower === 0;
  }

  #double(): boolean {
    this.#space();
    const start = this.#at;
    while (isNumberByte(this.#in[this.#at])) this.#at++;
    const text = String.fromCharCode(...this.#in.subarray(start, Math.min(this.#at, start + 40)));
    const value = Number(text);
    if (this.#at - start > 40 || !/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text) || !Number.isFinite(value))
      throw unusual;
    this.#out.float64(value);
    return value === 0;
  }

  #bool(): boolean {
    this.#space();
    const isTrue = this.#in[this.#at] === 0x74;
    for (const byte of isTrue ? trueBytes : falseBytes) {
      if (this.#in[this.#at++] !== byte) throw unusual;
    }
    this.#out.byte(isTrue ? 1 : 0);
    return !isTrue;
  }

  #expect(byte: number): void {
    if (!this.#takes(byte)) throw unusual;
  }

  #takes(byte: number): boolean {
    if (this.#in[this.#at] !== byte) {
      this.#space();
      if (this.#in[this.#at] !== byte) return false;
    }
    this.#at++;
    return true;
  }

  #space(): void {
    for (;;) {
      const byte = this.#in[this.#at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.#at++;
    }
  }
}

const escapes: ReadonlyMap<number, number> = new Map(
  Object.entries({ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }).map(
    ([letter, character]) => [letter.charCodeAt(0), character.charCodeAt(0)],
  ),
);
const trueBytes: Uint8Array = new TextEncoder().encode('true');
const falseBytes: Uint8Array = new TextEncoder().encode('false');

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** One of `+-.eE0123456789`. */
function isNumberByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return isDigit(byte) || byte === 0x2d || byte === 0x2e || byte === 0x2b || (byte | 0x20) === 0x65;
}
