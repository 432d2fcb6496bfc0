/** The parameters of a request, read once at the edge. A misspelt one is an error: ignored, it would give a wrong answer. */
import { InvalidParameter } from '../query/invalid-parameter.ts';

export class QueryString {
  readonly #values: Record<string, unknown>;

  /** @throws InvalidParameter where there is one that is not `known` */
  constructor(query: unknown, known: readonly string[]) {
    this.#values = typeof query === 'object' && query !== null ? (query as Record<string, unknown>) : {};
    const unknown = Object.keys(this.#values).find((name) => !known.includes(name));
    if (unknown === undefined) return;
    const expected = known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`;
    throw new InvalidParameter(
      'unknown-parameter',
      unknown,
      `${JSON.stringify(unknown)} is no parameter here: ${expected}.`,
    );
  }

  /** For the APIs of others, whose clients send what nobody reads. */
  static lenient(query: unknown, known: readonly string[]): QueryString {
    const all = typeof query === 'object' && query !== null ? Object.entries(query) : [];
    return new QueryString(Object.fromEntries(all.filter(([name]) => known.includes(name))), known);
  }

  /** Empty counts as not given, as a form sends a field that was left empty. */
  text(name: string): string | undefined {
    const value = this.#values[name];
    if (Array.isArray(value)) {
      throw new InvalidParameter('repeated-parameter', name, `${name} is given ${value.length} times: give it once.`);
    }
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  texts(name: string): string[] {
    const value = this.#values[name];
    const all: unknown[] = Array.isArray(value) ? value : [value];
    return all.filter((text): text is string => typeof text === 'string' && text !== '');
  }

  integer(name: string, fallback: number, max: number): number {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= 1 && value <= max) return value;
    throw new InvalidParameter(
      `invalid-${name}`,
      name,
      `${name}=${JSON.stringify(text)} is not a whole number from 1 to ${max}: give one.`,
    );
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const text = this.text(name);
    const choice = choices.find((candidate) => candidate === text);
    if (text === undefined || choice !== undefined) return choice;
    throw new InvalidParameter(
      `invalid-${name}`,
      name,
      `${name}=${JSON.stringify(text)} is unknown: give one of ${choices.join(', ')}.`,
    );
  }

  flag(name: string): boolean {
    const text = this.oneOf(name, ['1', 'true', '0', 'false']);
    return text === '1' || text === 'true';
  }
}
