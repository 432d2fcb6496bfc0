/**
 * The W3C `baggage` header: values that a program sends along with its requests,
 * `user=alice,plan=free%20trial;since=2024`.
 *
 * @see https://www.w3.org/TR/baggage/
 */
import type * as api from '@opentelemetry/api';
import { trimBlanks } from './trace-state.ts';

const maxMembers = 64;
const maxBytes = 8_192;

/** What HTTP calls a token; `%` is among them, so that any key can be sent. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Visible ASCII and blanks without the comma that would begin another member. */
const properties = /^[\t\x20-\x2b\x2d-\x7e]*$/;

/** Immutable, as the API asks. */
export class Baggage implements api.Baggage {
  readonly #entries: ReadonlyMap<string, api.BaggageEntry>;

  constructor(entries: ReadonlyMap<string, api.BaggageEntry>) {
    this.#entries = entries;
  }

  getEntry(key: string): api.BaggageEntry | undefined {
    const entry = this.#entries.get(key);
    return entry && { ...entry };
  }

  getAllEntries(): [string, api.BaggageEntry][] {
    return [...this.#entries];
  }

  setEntry(key: string, entry: api.BaggageEntry): Baggage {
    return new Baggage(new Map(this.#entries).set(key, entry));
  }

  removeEntry(key: string): Baggage {
    return this.removeEntries(key);
  }

  removeEntries(...keys: string[]): Baggage {
    return new Baggage(new Map([...this.#entries].filter(([key]) => !keys.includes(key))));
  }

  clear(): Baggage {
    return new Baggage(new Map());
  }
}

/**
 * Reads a header leniently: a malformed member is left out, of a repeated key the last counts, and
 * members beyond the limits are dropped.
 * @returns undefined where no member is left
 */
export function readBaggage(header: string): Baggage | undefined {
  const entries = new Map<string, api.BaggageEntry>();
  let bytes = 0;
  for (const member of header.split(',')) {
    bytes += member.length + 1;
    if (entries.size === maxMembers || bytes > maxBytes + 1) break;
    readMember(member, entries);
  }
  return entries.size === 0 ? undefined : new Baggage(entries);
}

function readMember(member: string, entries: Map<string, api.BaggageEntry>): void {
  const semicolon = member.indexOf(';');
  const pair = semicolon === -1 ? member : member.slice(0, semicolon);
  const equals = pair.indexOf('=');
  const key = trimBlanks(pair.slice(0, equals));
  if (equals === -1 || !token.test(key)) return;
  const value = decodePercent(trimBlanks(pair.slice(equals + 1)));
  const metadata = semicolon === -1 ? '' : trimBlanks(member.slice(semicolon + 1));
  entries.set(decodePercent(key), metadata === '' ? { value } : { value, metadata: asMetadata(metadata) });
}

/**
 * The header for a baggage, ours or of the API's own class. Members that cannot be sent, or that
 * would exceed the limits, are left out.
 * @returns '' where there is nothing to send
 */
export function formatBaggage(baggage: api.Baggage): string {
  let header = '';
  let count = 0;
  for (const [key, entry] of baggage.getAllEntries()) {
    const member = formatMember(key, entry);
    if (member === undefined || header.length + 1 + member.length > maxBytes) continue;
    header = header === '' ? member : `${header},${member}`;
    if (++count === maxMembers) break;
  }
  return header;
}

function formatMember(key: string, entry: api.BaggageEntry): string | undefined {
  const keyText = encodePercent(key);
  const valueText = encodePercent(String(entry.value));
  if (!keyText || valueText === undefined) return undefined;
  const metadata = entry.metadata === undefined ? '' : trimBlanks(String(entry.metadata));
  return metadata !== '' && properties.test(metadata)
    ? `${keyText}=${valueText};${metadata}`
    : `${keyText}=${valueText}`;
}

/** The API's type has a symbol of its own copy as a tag, which no code reads. */
function asMetadata(text: string): api.BaggageEntryMetadata {
  return { toString: () => text } as api.BaggageEntryMetadata;
}

/** @returns undefined for text that UTF-8 cannot hold: half of a surrogate pair */
function encodePercent(text: string): string | undefined {
  try {
    return encodeURIComponent(text).replaceAll('(', '%28').replaceAll(')', '%29');
  } catch {
    return undefined;
  }
}

/** As the specification asks, octets that are no UTF-8 become U+FFFD. A `%` without two hex digits stays. */
function decodePercent(text: string): string {
  if (!text.includes('%')) return text;
  const octets = text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(octets, 'latin1').toString('utf8');
}
