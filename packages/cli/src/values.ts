/** Reads what stands after an option; commander adds the option's name, or its variable's, to what is said here. */
import { parseDuration } from '@sightline/wire';
import { InvalidArgumentError } from 'commander';

const unitBytes: Record<string, number> = { KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a number from 0 (a free one) to 65535.');
}

/** Of a port that one can do without. */
export function parseOptionalPort(text: string): number | 'off' {
  return text === 'off' ? 'off' : parsePort(text);
}

/** @returns milliseconds */
export function parseLength(text: string): number {
  const nano = parseDuration(text);
  if (nano !== undefined && nano >= 1_000_000_000n) return Number(nano / 1_000_000n);
  throw new InvalidArgumentError('A length of time is written as 7d, 36h or 1h30m, and is at least 1s.');
}

/** In milliseconds. */
export interface Retention {
  age: number;
  /** By their names. */
  services?: Record<string, number>;
}

/** `7d`, `checkout=30d`, or several with commas between, as a variable has to hold them. */
export function parseRetention(text: string, before: Retention): Retention {
  const services = { ...before.services };
  let { age } = before;
  for (const part of text.split(',')) {
    const at = part.lastIndexOf('=');
    if (at < 0) age = parseLength(part);
    else services[part.slice(0, at)] = parseLength(part.slice(at + 1));
  }
  return { age, services };
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && Number.isSafeInteger(count)) return count;
  throw new InvalidArgumentError('A number of rows is written in digits, and is at least 1.');
}

export function parseBytes(text: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?) ?([KMGT]B)$/i.exec(text) ?? [];
  const bytes = Math.round(Number(digits) * (unitBytes[unit.toUpperCase()] ?? Number.NaN));
  if (bytes > 0) return bytes;
  throw new InvalidArgumentError('A size is written as 500MB, 20GB or 1.5TB.');
}
