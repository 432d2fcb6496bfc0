/**
 * Bytes as text and back: UTF-8, hex, base64. Written out because this package runs anywhere: it
 * has neither Node's Buffer nor the browser's TextDecoder.
 */

const hexPairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const base64Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += hexPairs[bytes[i] as number];
  return text;
}

/** @returns undefined when the text is not pairs of hex digits */
export function bytesOfHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0) return undefined;
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    const byte = (hexDigitOf(text.charCodeAt(2 * i)) << 4) | hexDigitOf(text.charCodeAt(2 * i + 1));
    if (byte < 0) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}

/** -1 for what is none. */
function hexDigitOf(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const letter = unit | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

export function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const digits = Math.min(4, bytes.length - i + 1);
    for (let digit = 0; digit < 4; digit++) {
      text += digit < digits ? base64Digits[(group >>> (18 - 6 * digit)) & 63] : '=';
    }
  }
  return text;
}

/** Takes the URL-safe alphabet and missing padding too, as protobuf's JSON mapping asks. @returns undefined when it is not base64 */
export function bytesOfBase64(text: string): Uint8Array | undefined {
  const digits = text
    .replace(/={0,2}$/, '')
    .replaceAll('-', '+')
    .replaceAll('_', '/');
  if (digits.length % 4 === 1 || !/^[A-Za-z0-9+/]*$/.test(digits)) return undefined;
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let group = 0;
  let at = 0;
  for (let i = 0; i < digits.length; i++) {
    group = ((group << 6) | base64Digits.indexOf(digits[i] as string)) & 0xff_ffff;
    const bits = (i % 4) * 6 + 6;
    if (i % 4 !== 0) bytes[at++] = (group >>> (bits % 8)) & 255;
  }
  return bytes;
}

export function utf8SizeOf(text: string): number {
  let size = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) size += 1;
    else if (unit < 0x800) size += 2;
    else if (isPair(text, i)) {
      size += 4;
      i++;
    } else size += 3;
  }
  return size;
}

/** Writes `text` to `bytes` from `at` on; half a surrogate pair becomes U+FFFD. */
export function writeUtf8(text: string, bytes: Uint8Array, at: number): void {
  let position = at;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes[position++] = unit;
    else if (unit < 0x800) {
      bytes[position++] = 0xc0 | (unit >>> 6);
      bytes[position++] = 0x80 | (unit & 63);
    } else if (isPair(text, i)) {
      const point = text.codePointAt(i++) as number;
      bytes[position++] = 0xf0 | (point >>> 18);
      bytes[position++] = 0x80 | ((point >>> 12) & 63);
      bytes[position++] = 0x80 | ((point >>> 6) & 63);
      bytes[position++] = 0x80 | (point & 63);
    } else {
      const point = unit >= 0xd800 && unit < 0xe000 ? 0xfffd : unit;
      bytes[position++] = 0xe0 | (point >>> 12);
      bytes[position++] = 0x80 | ((point >>> 6) & 63);
      bytes[position++] = 0x80 | (point & 63);
    }
  }
}

function isPair(text: string, i: number): boolean {
  const unit = text.charCodeAt(i);
  const next = text.charCodeAt(i + 1);
  return unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 && next < 0xe000;
}

/** What is not UTF-8 becomes U+FFFD, one for each maximal part of a sequence, as the WHATWG decoder does. */
export function utf8Of(bytes: Uint8Array, start: number, end: number): string {
  for (let i = start; i < end; i++) {
    if ((bytes[i] as number) >= 0x80) return asciiOf(bytes, start, i) + unicodeOf(bytes, i, end);
  }
  return asciiOf(bytes, start, end);
}

const unitsAtOnce = 4096;

/** By way of UTF-16 units, thousands at a time: a text put together from characters would take ten times as long. */
function unicodeOf(bytes: Uint8Array, start: number, end: number): string {
  const units = new Uint16Array(Math.min(unitsAtOnce, end - start) + 1);
  let text = '';
  let count = 0;
  for (let i = start; i < end; ) {
    const lead = bytes[i] as number;
    if (count >= unitsAtOnce) {
      text += textOfUnits(units, count);
      count = 0;
    }
    if (lead < 0x80) {
      units[count++] = lead;
      i++;
      continue;
    }
    const size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    let point = lead & (0xff >>> (size + 1));
    let good = 1;
    const isLead = lead >= 0xc2 && lead < 0xf5;
    while (isLead && good < size && i + good < end && isContinuation(lead, good, bytes[i + good] as number)) {
      point = (point << 6) | ((bytes[i + good] as number) & 63);
      good++;
    }
    i += good;
    if (!isLead || good < size) units[count++] = 0xfffd;
    else if (point < 0x10000) units[count++] = point;
    else {
      units[count++] = 0xd7c0 + (point >>> 10);
      units[count++] = 0xdc00 | (point & 0x3ff);
    }
  }
  return text + textOfUnits(units, count);
}

function textOfUnits(units: Uint16Array, count: number): string {
  return String.fromCharCode.apply(null, units.subarray(0, count) as unknown as number[]);
}

/** The second byte excludes overlong forms, surrogates and what is above U+10FFFF. */
function isContinuation(lead: number, index: number, byte: number): boolean {
  if (index > 1) return byte >= 0x80 && byte < 0xc0;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0xa0 : lead === 0xf4 ? 0x90 : 0xc0;
  return byte >= low && byte < high;
}

/** Short strings are the rule (names, values); a spread call costs more than it saves there. */
function asciiOf(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  if (end - start < 64) {
    for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i] as number);
    return text;
  }
  for (let i = start; i < end; i += 4096) {
    text += String.fromCharCode.apply(null, bytes.subarray(i, Math.min(end, i + 4096)) as unknown as number[]);
  }
  return text;
}
