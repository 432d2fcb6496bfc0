import { formatAgentReport } from '@sightline/wire';
import { builtin } from '../builtin.ts';
import type { ReportSettings } from '../config.ts';
import { counters } from '../counters.ts';
import { writeLine } from '../log.ts';
import { isMainThread } from '../thread.ts';
import { createReport, type ReportSources } from './report.ts';

// Taken at start: a program may replace it with a file system in memory.
const { appendFileSync } = builtin<typeof import('node:fs')>('node:fs');

/** Says it once, as late as possible: behind the last flush, so that what was sent is known. */
export class Reporter {
  readonly #settings: ReportSettings;
  readonly #sources: ReportSources;
  #hasReported = false;

  constructor(settings: ReportSettings, sources: ReportSources) {
    this.#settings = settings;
    this.#sources = sources;
  }

  report(): void {
    if (this.#hasReported) return;
    this.#hasReported = true;
    const { format, file } = this.#settings;
    // A program may have dozens of workers that never touch what is traced.
    if (format === 'text' && !isMainThread && counters.spans === 0) return;
    const report = createReport(this.#sources);
    if (file !== undefined)
      appendFileSync(file, `${JSON.stringify(report)}\n`); // one write, so that lines of several processes do not mix
    else writeLine(format === 'json' ? JSON.stringify(report) : formatAgentReport(report));
  }
}
