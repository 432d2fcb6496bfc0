/** Collects the values of a query while its text is put together: the text only ever names them. */
export class SqlParameters {
  readonly values: Record<string, unknown> = {};
  #count = 0;

  /** @returns the placeholder to put into the text */
  bind(type: string, value: unknown): string {
    const name = `p${this.#count++}`;
    this.values[name] = typeof value === 'bigint' ? value.toString() : value;
    return `{${name}:${type}}`;
  }
}
