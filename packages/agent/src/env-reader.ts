/** Environment variables as the OpenTelemetry specification reads them: trimmed, and an empty one is not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

export class EnvReader {
  readonly problems: string[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  text(name: string): string | undefined {
    const text = this.#environment[name]?.trim();
    return text === '' ? undefined : text;
  }

  /** Only `true`, in any case, is true. */
  boolean(name: string): boolean {
    const text = this.text(name)?.toLowerCase();
    if (text !== undefined && text !== 'true' && text !== 'false') this.reject(name, text, 'true or false', 'false');
    return text === 'true';
  }

  /** A whole number of at least `smallest`. */
  count(name: string, fallback: number, smallest = 0): number {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= smallest && Number.isSafeInteger(value)) return value;
    this.reject(name, text, `a whole number of at least ${smallest}`, describeNumber(fallback));
    return fallback;
  }

  /** Names separated by commas, in lower case. */
  list(name: string): string[] {
    const names = this.text(name)?.toLowerCase().split(',') ?? [];
    return names.map((item) => item.trim()).filter((item) => item !== '');
  }

  reject(name: string, value: string, wanted: string, used: string): void {
    this.problems.push(`${name}: "${value}" is not ${wanted}; using ${used}`);
  }
}

function describeNumber(value: number): string {
  return value === Number.POSITIVE_INFINITY ? 'no limit' : String(value);
}
