/** The queries that a person has run, the newest first. */
const most = 50;

export function withQuery(history: readonly string[], query: string): readonly string[] {
  const text = query.trim();
  if (text === '' || history[0] === text) return history;
  return [text, ...history.filter((other) => other !== text)].slice(0, most);
}

export function readHistory(text: string | null): readonly string[] {
  try {
    const parsed: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(parsed) ? parsed.filter((entry) => typeof entry === 'string').slice(0, most) : [];
  } catch {
    return [];
  }
}

/** Steps back and forth through it. The text that was there before the first step is what comes after the newest. */
export class HistoryWalk {
  readonly #history: readonly string[];
  readonly #draft: string;
  #at = -1;

  constructor(history: readonly string[], draft: string) {
    this.#history = history.filter((query) => query !== draft.trim());
    this.#draft = draft;
  }

  /** Undefined at either end. */
  step(direction: 'older' | 'newer'): string | undefined {
    const next = this.#at + (direction === 'older' ? 1 : -1);
    if (next < -1 || next >= this.#history.length) return undefined;
    this.#at = next;
    return next === -1 ? this.#draft : this.#history[next];
  }
}
