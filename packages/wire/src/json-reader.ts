/**
 * JSON, read token by token from UTF-8 bytes. `JSON.parse` will not do for OTLP: it rounds integers above
 * 2^53, which the protocol allows as plain numbers, and it cannot say at which byte a value stood.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8259
 */
import { utf8Of } from './binary-text.ts';
import { DecodeError } from './decode-error.ts';

export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'true' | 'false' | 'null';

/**
 * The smallest attribute takes two objects and 36 bytes. Only a text that is made to cost time has more objects
 * than that in the 16 MiB which a request may have.
 */
const maxObjects = 1_000_000;

const quote = 0x22;
const backslash = 0x5c;
const simpleEscapes: Record<string, string> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

export class JsonReader {
  readonly #bytes: Uint8Array;
  position = 0;
  #objectCount = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.position = 3;
  }

  /** What stands at `position`, after white space; nothing is consumed but that. */
  peek(): JsonKind {
    this.#skipSpace();
    const byte = this.#bytes[this.position];
    if (byte === 0x7b) return 'object';
    if (byte === 0x5b) return 'array';
    if (byte === quote) return 'string';
    if (isNumberByte(byte)) return 'number';
    for (const word of ['true', 'false', 'null'] as const) {
      if (this.#startsWith(word)) return word;
    }
    throw this.error(`${this.#found()} where a value belongs`);
  }

  /** Calls `member` with each name; it must consume the value. */
  object(member: (name: string, at: number) => void): void {
    if (++this.#objectCount > maxObjects) throw this.error(`more than ${maxObjects} objects: send fewer spans at once`);
    this.#list('{', '}', () => {
      this.#skipSpace();
      const at = this.position;
      if (this.#bytes[at] !== quote) throw this.error("an object's member must begin with a name in quotes");
      const name = this.string();
      this.#skipSpace();
      if (!this.#take(':')) throw this.error(`${this.#found()} where a colon belongs`);
      member(name, at);
    });
  }

  /** Calls `item` at each item; it must consume it. */
  array(item: () => void): void {
    this.#list('[', ']', item);
  }

  #list(open: string, close: string, item: () => void): void {
    if (!this.#take(open)) throw this.error(`${this.#found()} where ${open} belongs`);
    this.#skipSpace();
    if (this.#take(close)) return;
    for (;;) {
      item();
      this.#skipSpace();
      if (this.#take(close)) return;
      if (!this.#take(',')) throw this.error(`${this.#found()} where a comma or ${close} belongs`);
    }
  }

  string(): string {
    const start = ++this.position;
    let text = '';
    let plain = start;
    for (;;) {
      const byte = this.#bytes[this.position];
      if (byte === undefined) throw new DecodeError(start - 1, '', 'a string without its closing quote');
      if (byte === quote) break;
      if (byte < 0x20) throw this.error(`${describe(byte)} inside a string, where only \\u00XX may stand for it`);
      if (byte !== backslash) {
        this.position++;
        continue;
      }
      text += utf8Of(this.#bytes, plain, this.position) + this.#escape();
      plain = this.position;
    }
    text += utf8Of(this.#bytes, plain, this.position);
    this.position++;
    return text;
  }

  #escape(): string {
    const letter = String.fromCharCode(this.#bytes[this.position + 1] ?? 0);
    const simple = simpleEscapes[letter];
    if (simple !== undefined) {
      this.position += 2;
      return simple;
    }
    const digits = utf8Of(this.#bytes, this.position + 2, this.position + 6);
    if (letter !== 'u' || !/^[0-9a-fA-F]{4}$/.test(digits)) throw this.error('an escape that JSON does not know');
    this.position += 6;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  /** A number's text, so that no digit is lost. */
  number(): string {
    const start = this.position;
    while (isNumberByte(this.#bytes[this.position])) this.position++;
    const text = utf8Of(this.#bytes, start, this.position);
    if (/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return text;
    throw new DecodeError(start, '', `${text.slice(0, 40)} is not a JSON number`);
  }

  /** Consumes `true`, `false` or `null`, as `peek` found it. */
  word(word: 'true' | 'false' | 'null'): void {
    this.position += word.length;
  }

  /** Consumes a value of any kind. */
  skip(depth: number): void {
    if (depth < 0) throw this.error('values are nested too deep');
    const kind = this.peek();
    if (kind === 'object') this.object(() => this.skip(depth - 1));
    else if (kind === 'array') this.array(() => this.skip(depth - 1));
    else if (kind === 'string') this.string();
    else if (kind === 'number') this.number();
    else this.word(kind);
  }

  /** @throws DecodeError when anything but white space is left */
  end(): void {
    this.#skipSpace();
    if (this.position < this.#bytes.length) throw this.error(`${this.#found()} after the end of the JSON text`);
  }

  error(problem: string): DecodeError {
    return new DecodeError(this.position, '', problem);
  }

  #found(): string {
    const byte = this.#bytes[this.position];
    return byte === undefined ? 'the end of the JSON text' : describe(byte);
  }

  #take(character: string): boolean {
    if (this.#bytes[this.position] !== character.charCodeAt(0)) return false;
    this.position++;
    return true;
  }

  #startsWith(word: string): boolean {
    for (let i = 0; i < word.length; i++) {
      if (this.#bytes[this.position + i] !== word.charCodeAt(i)) return false;
    }
    return true;
  }

  #skipSpace(): void {
    for (;;) {
      const byte = this.#bytes[this.position];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.position++;
    }
  }
}

/** One of `+-.eE0123456789`. */
function isNumberByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2e || byte === 0x2b || (byte | 0x20) === 0x65;
}

function describe(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? `'${String.fromCharCode(byte)}'` : `byte 0x${byte.toString(16).padStart(2, '0')}`;
}
