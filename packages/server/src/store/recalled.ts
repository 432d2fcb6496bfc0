/**
 * Answers that are asked for again and again, and may be a little old. Who asks while one is on its way gets the same.
 */

interface Answer {
  /** When it was asked for; on the clock of `performance`. */
  askedMs: number;
  rows: Promise<unknown[]>;
}

/** Statements with other values are others: as many as people look at within some seconds. */
const most = 100;

export class Recalled {
  readonly #answers = new Map<string, Answer>();

  /** @param ask is only called where there is no answer of the last `maxAgeMs`; a failure is not kept */
  rows<Row>(question: string, maxAgeMs: number, ask: () => Promise<Row[]>): Promise<Row[]> {
    const nowMs = performance.now();
    const known = this.#answers.get(question);
    if (known && nowMs - known.askedMs <= maxAgeMs) return known.rows as Promise<Row[]>;
    const answer = { askedMs: nowMs, rows: ask() };
    this.#keep(question, answer);
    answer.rows.catch(() => {
      if (this.#answers.get(question) === answer) this.#answers.delete(question);
    });
    return answer.rows;
  }

  /** The one that was asked for first gives way. */
  #keep(question: string, answer: Answer): void {
    this.#answers.delete(question);
    const [oldest] = this.#answers.keys();
    if (oldest !== undefined && this.#answers.size >= most) this.#answers.delete(oldest);
    this.#answers.set(question, answer);
  }
}
