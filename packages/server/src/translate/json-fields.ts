/**
 * JSON objects read by tables: for each member that is known, how its value is read into what it belongs to.
 * Members that no table has are skipped, and null is the same as absent. Errors name byte and path.
 */
import { DecodeError, type JsonKind, JsonReader } from '@sightline/wire';

/** By name. A Map, because names such as `constructor` come in too. */
export type Members<Into> = ReadonlyMap<string, (json: JsonFields, into: Into) => void>;

/** A value that is neither an object nor an array, as its text; of a string, without quotes and escapes. */
export interface Scalar {
  kind: 'string' | 'number' | 'true' | 'false';
  text: string;
}

const truth: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

/**
 * In lists and in objects whose names are data, all together. A body of 16 MiB from a real client has 300,000; more
 * has only one that is made to cost memory.
 */
const maxItems = 500_000;

/** Values in members that nobody asked for. */
const maxSkippedDepth = 64;

/**
 * @param read what the whole text is
 * @throws DecodeError with byte offset and path
 */
export function readJson<Result>(bytes: Uint8Array, read: (json: JsonFields) => Result): Result {
  const reader = new JsonReader(bytes);
  const path: string[] = [];
  try {
    const result = read(new JsonFields(reader, path));
    reader.end();
    return result;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new DecodeError(error.byteOffset, path.join('.'), error.problem);
  }
}

export class JsonFields {
  readonly #reader: JsonReader;
  /** Names down to what is being read; cut back only when that went well. */
  readonly #path: string[];
  #itemCount = 0;

  constructor(reader: JsonReader, path: string[]) {
    this.#reader = reader;
    this.#path = path;
  }

  object<Into>(members: Members<Into>, into: Into): Into {
    this.#members((name) => {
      const read = members.get(name);
      if (read) read(this, into);
      else this.#reader.skip(maxSkippedDepth);
    });
    return into;
  }

  /** An object whose names are data. @param member must read the value */
  entries(member: (name: string) => void): void {
    this.#members((name) => {
      this.#countItem();
      member(name);
    });
  }

  #members(member: (name: string) => void): void {
    this.#expect('object');
    this.#reader.object((name) => {
      this.#path.push(name);
      if (this.#reader.peek() === 'null') this.#reader.word('null');
      else member(name);
      this.#path.pop();
    });
  }

  /** @param item must read the item */
  list(item: (index: number) => void): void {
    this.#expect('array');
    const name = this.#path.pop() ?? '';
    let index = 0;
    this.#reader.array(() => {
      this.#countItem();
      this.#path.push(`${name}[${index}]`);
      item(index++);
      this.#path.pop();
    });
    this.#path.push(name);
  }

  scalar(): Scalar {
    const kind = this.#reader.peek();
    if (kind === 'string') return { kind, text: this.#reader.string() };
    if (kind === 'number') return { kind, text: this.#reader.number() };
    if (kind !== 'true' && kind !== 'false') throw this.#reader.error(`${named(kind)}, where a text belongs`);
    this.#reader.word(kind);
    return { kind, text: kind };
  }

  /** Numbers and truth values are taken for their text. */
  text(): string {
    return this.scalar().text;
  }

  isTrue(): boolean {
    return this.converted('true or false', (text) => truth.get(text));
  }

  /** @param convert gives undefined for what does not fit; then the error says what would have */
  converted<Value>(wanted: string, convert: (text: string) => Value | undefined): Value {
    this.#reader.peek();
    const at = this.#reader.position;
    const { text } = this.scalar();
    const value = convert(text);
    if (value !== undefined) return value;
    throw new DecodeError(at, '', `${JSON.stringify(text.slice(0, 40))}, where ${wanted} belongs`);
  }

  #countItem(): void {
    if (++this.#itemCount <= maxItems) return;
    throw this.#reader.error(`more than ${maxItems} spans, annotations and tags: send fewer spans at once`);
  }

  #expect(kind: 'object' | 'array'): void {
    const found = this.#reader.peek();
    if (found !== kind) throw this.#reader.error(`${named(found)}, where ${named(kind)} belongs`);
  }
}

function named(kind: JsonKind): string {
  if (kind === 'object' || kind === 'array') return `an ${kind}`;
  return kind === 'string' || kind === 'number' ? `a ${kind}` : kind;
}
