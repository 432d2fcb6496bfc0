import { type FindBodies, type Injection, injectInto } from './injection.ts';
import { InjectionTable } from './injection-table.ts';
import { rememberSpliced } from './spliced.ts';

/** Rewrites the files that declarations name. Whatever goes wrong, the program gets its own source. */
export class SourceTransform {
  readonly #table: InjectionTable;
  readonly #loadFindBodies: () => FindBodies;
  readonly #report: (message: string) => void;

  constructor(injections: readonly Injection[], loadFindBodies: () => FindBodies, report: (message: string) => void) {
    this.#table = new InjectionTable(injections);
    this.#loadFindBodies = loadFindBodies;
    this.#report = report;
  }

  /** @returns undefined where the file stays as it is */
  apply(path: string, code: string | (() => string)): string | undefined {
    try {
      const injections = this.#table.injectionsFor(path);
      if (injections === undefined) return undefined;
      const source = typeof code === 'string' ? code : code();
      const injected = injectInto(source, injections, this.#loadFindBodies);
      rememberSpliced(path, injections);
      return injected;
    } catch (error) {
      this.#report(`cannot add channels to ${path}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }
}
