/**
 * Trace and span ids as 32-bit words, since most are never printed: the exporter writes words as
 * bytes, and the hex text is made when somebody asks for it (a header, a log line, the API).
 *
 *     trace id   a7f3 2c01 · 9b54 e0d2 · 0c1e 88aa · 5d20 f713      a, b, c, d
 *     span id    3e9f 0b77 · 61c2 d4e8                              high, low
 *
 * The words are signed, so that V8 keeps them as small integers. All zero is the invalid id.
 */
/**
 * xoshiro128**: 3 ns a word. Ids have to differ, and nobody has to be unable to guess them; node:crypto would be 2 MB
 * of memory and 2 ms of a program that may not use it. `Math.random` begins at a number of the system's in each
 * process and thread, but hangs on 64 bits only, hence the others.
 *
 * @see https://prng.di.unimi.it/xoshiro128starstar.c
 */
let s0 = seed() ^ process.pid;
let s1 = seed() ^ Number(process.hrtime.bigint() & 0xffff_ffffn);
let s2 = seed() ^ Date.now();
let s3 = seed() | 1; // the state must not be all zero

function seed(): number {
  return (Math.random() * 0x1_0000_0000) | 0;
}

/** 32 random bits as a signed integer. */
export function randomWord(): number {
  const product = Math.imul(s1, 5);
  const result = Math.imul((product << 7) | (product >>> 25), 9);
  const t = s1 << 9;
  s2 ^= s0;
  s3 ^= s1;
  s1 ^= s2;
  s0 ^= s3;
  s2 ^= t;
  s3 = (s3 << 11) | (s3 >>> 21);
  return result;
}

/** Shared by all spans of a trace in this process, so that its hex is made once at most. */
export class TraceId {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  /** What the trace began with in this process, while that lasts; who sets it takes it away again. */
  root: unknown = undefined;
  #hex: string | undefined;

  constructor(a: number, b: number, c: number, d: number) {
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
  }

  isValid(): boolean {
    return (this.a | this.b | this.c | this.d) !== 0;
  }

  /** 32 lower-case hex digits. */
  hex(): string {
    this.#hex ??= hexOfWord(this.a) + hexOfWord(this.b) + hexOfWord(this.c) + hexOfWord(this.d);
    return this.#hex;
  }
}

export function newTraceId(): TraceId {
  const id = new TraceId(randomWord(), randomWord(), randomWord(), randomWord());
  return id.isValid() ? id : newTraceId();
}

/** @param text holds 32 hex digits of either case from `at` on; see {@link isHex} */
export function readTraceId(text: string, at: number): TraceId {
  return new TraceId(readWord(text, at), readWord(text, at + 8), readWord(text, at + 16), readWord(text, at + 24));
}

/** 16 lower-case hex digits. */
export function hexOfSpanId(high: number, low: number): string {
  return hexOfWord(high) + hexOfWord(low);
}

/** The 8 hex digits from `at` on as a signed integer. */
export function readWord(text: string, at: number): number {
  let word = 0;
  for (let i = at; i < at + 8; i++) word = (word << 4) | digitAt(text, i);
  return word;
}

/** What the hex digit at that place stands for. */
export function digitAt(text: string, at: number): number {
  return digitValues[text.charCodeAt(at)] as number;
}

/** Whether `text` has nothing but lower-case hex digits in [from, to). */
export function isLowerHex(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (!((code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66))) return false;
  }
  return true;
}

/** Whether `text` is `length` hex digits of either case, as the OpenTelemetry API takes ids. */
export function isHex(text: unknown, length: number): text is string {
  return typeof text === 'string' && text.length === length && isLowerHex(text.toLowerCase(), 0, length);
}

const byteTexts: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** What each hex digit stands for, by its character code. */
const digitValues = new Uint8Array(128);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  digitValues[digit.charCodeAt(0)] = value;
  digitValues[digit.toUpperCase().charCodeAt(0)] = value;
}

function hexOfWord(word: number): string {
  return (
    (byteTexts[word >>> 24] as string) +
    byteTexts[(word >>> 16) & 0xff] +
    byteTexts[(word >>> 8) & 0xff] +
    byteTexts[word & 0xff]
  );
}
