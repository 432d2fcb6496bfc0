/**
 * Answers that are asked for again and again, and may be a little old. Who asks while one is on its way gets the same.
 */

import { RecentMap } from './recent-map.ts';

interface Answer {
  /** When it was asked for; on the clock of `performance`. */
  askedMs: number;
  answer: Promise<unknown>;
}

/** As many questions as people ask within some seconds. */
const most = 100;

export class Recalled {
  readonly #answers = new RecentMap<string, Answer>(most);

  /**
   * @param ask is only called where there is no answer of the last `maxAgeMs`
   * @param isLasting whether an answer may be given again; a failure is not
   */
  answer<Value>(
    question: string,
    maxAgeMs: number,
    ask: () => Promise<Value>,
    isLasting: (answer: Value) => boolean = () => true,
  ): Promise<Value> {
    const nowMs = performance.now();
    const known = this.#answers.get(question);
    if (known && nowMs - known.askedMs <= maxAgeMs) return known.answer as Promise<Value>;
    const answer = ask();
    const asked = { askedMs: nowMs, answer };
    this.#answers.set(question, asked);
    const forget = (): void => {
      if (this.#answers.get(question) === asked) this.#answers.delete(question);
    };
    answer.then((value) => isLasting(value) || forget(), forget);
    return answer;
  }
}
