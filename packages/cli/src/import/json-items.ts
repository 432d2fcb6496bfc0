/**
 * Cuts a JSON text of any length into its items while it comes in: the elements of an array, each as the bytes
 * that it is. It looks at quotes and brackets only; what an item says is for its translator to read, which needs the
 * bytes anyway, for integers that a JavaScript number would round and for the place of a fault. Streaming parsers
 * that build values were measured at 4 and 9 MB/s; this takes 180 of such a file.
 *
 * What is broken is told as such, and the text is taken up again where a line begins with a new document, as all
 * lines of a JSON lines file do.
 */
/** What the items are: the values that the text consists of, the elements of the array that it is, or those of a member. */
export type ItemPlace = 'values' | 'array' | { readonly member: string };

export interface Item extends Place {
  readonly bytes: Uint8Array;
}

/** A part of the text in which there may have been items. */
export interface BrokenPart extends Place {
  readonly problem: string;
}

interface Place {
  /** From the text's start. */
  readonly byteOffset: number;
  /** From 1. */
  readonly line: number;
}

const quote = 0x22;
const backslash = 0x5c;
const newline = 0x0a;
const comma = 0x2c;
const colon = 0x3a;
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d] as const;
const longestName = 64;
const nothing: Uint8Array = new Uint8Array();

/** An item has to be held in memory as a whole. */
const maxItemBytes: number = 256 * 1024 * 1024;

type Found = (found: Item | BrokenPart) => void;

export class JsonItems {
  readonly #place: ItemPlace;
  readonly #found: Found;
  /** How a line begins that is a document of its own; empty where no line can. */
  readonly #documentStart: Uint8Array;

  /** Before the current chunk. */
  #textBytes = 0;
  #line = 1;
  /** Brackets that are open. */
  readonly #open: number[] = [];
  /** At which depth the items stand; -1 outside of them. */
  #itemDepth: number;
  #isInString = false;
  #isEscaped = false;
  /** The last string outside of items, while it may be the name of the member that comes. */
  #name = '';
  /** How much of `#documentStart` this line has begun with; -1 when it has not. */
  #probe = -1;
  /** After a fault: nothing is looked for but the start of the next document. */
  #isLost = false;
  /** Where the document began that is open. */
  #document: Place | undefined;
  #hasItemPlace = false;

  #itemStart: Place | undefined;
  /** Of the item, from earlier chunks. */
  #itemChunks: Uint8Array[] = [];
  #itemBytes = 0;

  constructor(place: ItemPlace, found: Found) {
    this.#place = place;
    this.#found = found;
    this.#itemDepth = place === 'values' ? 0 : -1;
    this.#documentStart = typeof place === 'object' ? Buffer.from(`{"${place.member}"`) : nothing;
  }

  /** @param chunk must not be written to afterwards */
  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; at++) {
      if (this.#probe < 0) at = this.#isInString ? this.#skipText(chunk, at) : this.#skipInItem(chunk, at);
      if (at < chunk.length) this.#take(chunk, at);
    }
    this.#keepRest(chunk);
    this.#textBytes += chunk.length;
  }

  end(): void {
    if (this.#open.length > 0 || this.#isInString) this.#break('the text ends in the middle', 0);
    else this.#endItem(nothing, 0);
  }

  /** @returns where in a string something stands that matters, or the chunk's end */
  #skipText(chunk: Uint8Array, from: number): number {
    if (this.#isEscaped || this.#itemStart === undefined) return from;
    return endOfText(chunk, from);
  }

  /**
   * Nearly all of a file, and so without a call for each byte: brackets within an item, and strings.
   * @returns where something stands that may matter otherwise, or the chunk's end
   */
  #skipInItem(chunk: Uint8Array, from: number): number {
    if (this.#itemStart === undefined) return from;
    const open = this.#open;
    const itemDepth = this.#itemDepth;
    let at = from;
    for (; at < chunk.length && open.length > itemDepth; at++) {
      const byte = chunk[at] as number;
      if (byte === quote) {
        at = endOfText(chunk, at + 1);
        if (chunk[at] === quote) continue;
        this.#isInString = true;
        return at;
      }
      if (byte === openBrace || byte === openBracket) open.push(byte);
      else if (byte === closeBrace || byte === closeBracket) {
        if (open.length - 1 === itemDepth || open[open.length - 1] !== byte - 2) return at;
        open.pop();
      } else if (byte === newline) return at;
    }
    return at;
  }

  #take(chunk: Uint8Array, at: number): void {
    const byte = chunk[at] as number;
    if (byte === newline) this.#line++;
    if (this.#probe >= 0 && this.#startsDocument(byte)) this.#startAnew(at);
    else if (this.#isLost) this.#lookForLine(byte);
    else if (this.#isInString) this.#takeInString(byte, at);
    else if (byte === newline) this.#probe = this.#open.length > 0 && this.#documentStart.length > 0 ? 0 : -1;
    else if (byte > 0x20) this.#takeToken(byte, chunk, at);
  }

  #takeInString(byte: number, at: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === quote) this.#isInString = false;
    else if (byte === backslash) this.#isEscaped = true;
    else if (byte < 0x20) {
      this.#break('a string has a byte that it may not have', at);
      this.#lookForLine(byte);
    } else if (this.#itemStart === undefined && this.#name.length < longestName)
      this.#name += String.fromCharCode(byte);
  }

  #takeToken(byte: number, chunk: Uint8Array, at: number): void {
    if (this.#open.length === 0 && !this.#beginsText(byte, at)) return;
    if (this.#itemStart === undefined && this.#isItemStart(byte)) this.#itemStart = this.#placeAt(at);
    if (byte === quote) {
      this.#isInString = true;
      this.#name = '';
    } else if (byte === openBrace || byte === openBracket) this.#openBracket(byte);
    else if (byte === closeBrace || byte === closeBracket) this.#closeBracket(byte, chunk, at);
    else if (byte === comma && this.#open.length === this.#itemDepth) this.#endItem(chunk, at);
    else if (byte !== colon) this.#name = '';
  }

  /** At no depth: is this what the text may begin with? A byte order mark is passed over. */
  #beginsText(byte: number, at: number): boolean {
    if (this.#place === 'values') return true;
    if (byte > 0x7f && this.#textBytes + at < 3) return false;
    if (byte === (this.#place === 'array' ? openBracket : openBrace)) {
      this.#document = this.#placeAt(at);
      this.#hasItemPlace = false;
      return true;
    }
    this.#break(`no ${this.#place === 'array' ? 'array' : 'object'} begins here`, at);
    return false;
  }

  #placeAt(at: number): Place {
    return { byteOffset: this.#textBytes + at, line: this.#line };
  }

  #isItemStart(byte: number): boolean {
    return this.#open.length === this.#itemDepth && byte !== comma && byte !== closeBracket && byte !== closeBrace;
  }

  #openBracket(byte: number): void {
    this.#open.push(byte);
    if (byte === openBracket && this.#itemStart === undefined && this.#isPlace()) {
      this.#itemDepth = this.#open.length;
      this.#hasItemPlace = true;
    }
    this.#name = '';
  }

  #isPlace(): boolean {
    if (this.#place === 'array') return this.#open.length === 1;
    return typeof this.#place === 'object' && this.#name === this.#place.member;
  }

  #closeBracket(byte: number, chunk: Uint8Array, at: number): void {
    // Where the last item is neither an object nor an array, the bracket that ends it is the list's.
    if (this.#open.length === this.#itemDepth) this.#endItem(chunk, at);
    // "[" and "]" are two apart, as "{" and "}" are.
    if (this.#open.pop() !== byte - 2) {
      this.#break(`"${String.fromCharCode(byte)}" closes what is not open`, at);
      return;
    }
    if (this.#open.length < this.#itemDepth) this.#itemDepth = -1;
    if (this.#open.length === this.#itemDepth) this.#endItem(chunk, at + 1);
    if (this.#open.length === 0) this.#endDocument();
  }

  #endDocument(): void {
    if (typeof this.#place === 'object' && !this.#hasItemPlace && this.#document) {
      this.#found({ ...this.#document, problem: `there is no list ${JSON.stringify(this.#place.member)} in it` });
    }
    this.#document = undefined;
  }

  #endItem(chunk: Uint8Array, end: number): void {
    const start = this.#itemStart;
    if (!start) return;
    const isTooLarge = this.#textBytes + end - start.byteOffset > maxItemBytes;
    if (isTooLarge) this.#found({ ...start, problem: `larger than ${maxItemBytes / 1024 / 1024} MB, in one piece` });
    else this.#found({ ...start, bytes: this.#bytesOfItem(start.byteOffset, chunk, end) });
    this.#forgetItem();
  }

  #bytesOfItem(byteOffset: number, chunk: Uint8Array, end: number): Uint8Array {
    if (this.#itemChunks.length === 0) return chunk.subarray(byteOffset - this.#textBytes, end);
    return Buffer.concat([...this.#itemChunks, chunk.subarray(0, end)]);
  }

  #keepRest(chunk: Uint8Array): void {
    if (!this.#itemStart) return;
    const rest = chunk.subarray(Math.max(0, this.#itemStart.byteOffset - this.#textBytes));
    this.#itemBytes += rest.length;
    if (this.#itemBytes <= maxItemBytes) this.#itemChunks.push(rest);
    else this.#itemChunks = [];
  }

  #forgetItem(): void {
    this.#itemStart = undefined;
    this.#itemChunks = [];
    this.#itemBytes = 0;
  }

  #break(problem: string, at: number): void {
    this.#found({ problem, ...(this.#itemStart ?? this.#document ?? this.#placeAt(at)) });
    this.#reset();
    this.#isLost = true;
  }

  #reset(): void {
    this.#forgetItem();
    this.#open.length = 0;
    this.#itemDepth = this.#place === 'values' ? 0 : -1;
    this.#isInString = false;
    this.#isEscaped = false;
    this.#name = '';
    this.#probe = -1;
    this.#document = undefined;
  }

  #lookForLine(byte: number): void {
    if (byte === newline && this.#documentStart.length > 0) this.#probe = 0;
  }

  #startsDocument(byte: number): boolean {
    this.#probe = byte === this.#documentStart[this.#probe] ? this.#probe + 1 : -1;
    return this.#probe === this.#documentStart.length;
  }

  /** A document begins, whatever the last one has left open. */
  #startAnew(at: number): void {
    if (!this.#isLost) this.#break('the line ends in the middle', at);
    this.#isLost = false;
    this.#reset();
    this.#open.push(openBrace);
    this.#document = this.#placeAt(at + 1 - this.#documentStart.length);
    this.#hasItemPlace = false;
    this.#name = typeof this.#place === 'object' ? this.#place.member : '';
  }
}

/** @returns where a quote, a backslash or a control character stands, or the chunk's end */
function endOfText(chunk: Uint8Array, from: number): number {
  let at = from;
  for (; at < chunk.length; at++) {
    const byte = chunk[at] as number;
    if (byte === quote || byte === backslash || byte < 0x20) break;
  }
  return at;
}

/** All items of a text that is there as a whole. @returns undefined where it is broken, or has no such list */
export function itemsOf(text: Uint8Array, place: ItemPlace): Item[] | undefined {
  const items: Item[] = [];
  let isBroken = false;
  const reader = new JsonItems(place, (found) => {
    if ('problem' in found) isBroken = true;
    else items.push(found);
  });
  reader.push(text);
  reader.end();
  return isBroken ? undefined : items;
}
