import type { AnyValue, KeyValue } from '@sightline/wire';

/** Deeper values stay the text they are; OTLP's own limit lies not far above. */
const maxDepth = 16;

const maxFaults = 1000;

/**
 * Attributes that were written as JSON into texts which have another meaning too. Of one request: a text that only
 * looks like JSON costs ten times what others do, so that after a thousand of them no more are tried.
 */
export class JsonAttributes {
  #faultCount = 0;

  /** @returns undefined when the text is no JSON object, or one that is nested too deep */
  read(text: string): KeyValue[] | undefined {
    if (this.#faultCount >= maxFaults) return undefined;
    return anyValueOf(this.#parsed(text), maxDepth)?.kvlistValue?.values;
  }

  #parsed(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      this.#faultCount++;
      return undefined;
    }
  }
}

function anyValueOf(value: unknown, depth: number): AnyValue | undefined {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
  if (value === null) return {};
  if (typeof value !== 'object' || depth === 0) return undefined;
  return Array.isArray(value) ? arrayOf(value, depth) : objectOf(value, depth);
}

function arrayOf(items: unknown[], depth: number): AnyValue | undefined {
  const values: AnyValue[] = [];
  for (const item of items) {
    const value = anyValueOf(item, depth - 1);
    if (!value) return undefined;
    values.push(value);
  }
  return { arrayValue: { values } };
}

function objectOf(members: object, depth: number): AnyValue | undefined {
  const values: KeyValue[] = [];
  for (const [key, member] of Object.entries(members)) {
    const value = anyValueOf(member, depth - 1);
    if (!value) return undefined;
    values.push({ key, value });
  }
  return { kvlistValue: { values } };
}
