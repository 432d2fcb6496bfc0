/** How far a long command has come: a line that redraws itself on a terminal, else a line every few seconds. */
const redrawMs = 100;
const lineMs = 5_000;
const barWidth = 14;

export interface ProgressState {
  /** What is being done, in few words, so that all fits into a line: `importing spans.jsonl`. */
  what: string;
  /** Of what is known to be there; undefined where that is not known. */
  share?: number | undefined;
  /** `1.2 GB of 2.9 GB`, or `waiting for the backend` */
  detail: string;
  spanCount: number;
}

export class Progress {
  readonly #state: () => ProgressState;
  readonly #isTerminal: boolean;
  readonly #startMs = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #isDrawn = false;

  /** @param state is asked whenever something is to be shown, on stderr */
  constructor(state: () => ProgressState, isTerminal: boolean = process.stderr.isTTY === true) {
    this.#state = state;
    this.#isTerminal = isTerminal;
  }

  start(): void {
    this.#timer = setInterval(() => this.#show(), this.#isTerminal ? redrawMs : lineMs);
    this.#timer.unref();
  }

  /** Takes the line away: what comes has the last word. */
  stop(): void {
    clearInterval(this.#timer);
    if (this.#isDrawn) process.stderr.write('\r\u001b[K');
    this.#isDrawn = false;
  }

  #show(): void {
    const { what, share, detail, spanCount } = this.#state();
    const spansPerSecond = spanCount / ((performance.now() - this.#startMs) / 1_000);
    const spans = `${grouped(spanCount)} spans, ${grouped(spansPerSecond)}/s`;
    if (!this.#isTerminal) {
      process.stderr.write(`${what}: ${share === undefined ? '' : `${percent(share)}, `}${detail}, ${spans}\n`);
      return;
    }
    const bar = share === undefined ? '' : `  ${barOf(share)} ${percent(share).padStart(5)}`;
    const line = `${what}${bar}  ${detail}  ${spans}`;
    process.stderr.write(`\r\u001b[K${line.slice(0, (process.stderr.columns || 80) - 1)}`);
    this.#isDrawn = true;
  }
}

function barOf(share: number): string {
  const full = Math.round(share * barWidth);
  return '█'.repeat(full) + '░'.repeat(barWidth - full);
}

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}

function grouped(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** `830 kB`, `1.2 GB` */
export function formatBytes(byteCount: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, byteCount)) / 3)));
  const value = byteCount / 1_000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
