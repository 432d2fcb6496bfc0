/** What has become of the files so far, for the progress and for the last words. */
import { counted } from '../counted.ts';
import type { PiecePlace } from './piece.ts';

const listedProblems = 10;

export class ImportReport {
  /** Acknowledged by the backend. */
  sentSpans = 0;
  refusedSpans = 0;
  /** Parts of files, or whole ones, of which nothing could be read. */
  brokenParts = 0;
  readonly #problems: string[] = [];
  #problemCount = 0;

  get isComplete(): boolean {
    return this.#problemCount === 0;
  }

  unreadable(file: string, problem: string, place?: PiecePlace): void {
    this.brokenParts++;
    this.#add(`${placeText(file, place)}: ${problem}`);
  }

  refused(spanCount: number, reason: string, file?: string, place?: PiecePlace): void {
    this.refusedSpans += spanCount;
    this.#add(
      `${file === undefined ? 'the backend' : placeText(file, place)}: ${counted(spanCount, 'span')} refused: ${reason}`,
    );
  }

  /** Where and why, of the first few. */
  problemLines(): string[] {
    const more = this.#problemCount - this.#problems.length;
    return more > 0 ? [...this.#problems, `… and ${more} more`] : this.#problems;
  }

  #add(problem: string): void {
    this.#problemCount++;
    if (this.#problems.length < listedProblems) this.#problems.push(problem);
  }
}

/** As compilers say it, where there are lines. */
function placeText(file: string, place: PiecePlace | undefined): string {
  const name = file === '-' ? 'standard input' : file;
  if (!place) return name;
  return place.line === undefined
    ? `${name}, byte ${place.byteOffset}`
    : `${name}:${place.line} (byte ${place.byteOffset})`;
}
