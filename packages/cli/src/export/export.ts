/** `sightline export`: traces that a search finds, whole, written as they come. */
import { createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { BackendApi } from '../backend-api.ts';
import { backendFault } from '../backend-fault.ts';
import { counted } from '../counted.ts';
import { exitCode } from '../exit-codes.ts';
import { ownBackend } from '../own-backend.ts';
import { formatBytes, Progress } from '../progress.ts';
import { ahead } from './ahead.ts';
import { type FoundTrace, foundTraces, type Search } from './found-traces.ts';
import { type ExportFormat, type TraceFormat, traceFormats, type WrittenTrace } from './trace-format.ts';
import { traceGroups } from './trace-groups.ts';

export interface ExportOptions {
  /** These, whatever the search. */
  traceIds: readonly string[];
  search: Search;
  format: ExportFormat;
  /** Undefined: standard output. */
  output?: string;
  gzip: boolean;
  /** The address of the backend's HTTP API; undefined: the one of the data directory. */
  from?: string;
  authToken?: string;
  data: string;
  quiet: boolean;
}

/** The backend answers lookups beside each other. */
const groupsAhead = 3;
/** Of a trace that may be a large one. */
const unknownSpanCount = 1_000;
/** It gives a search 15 s. */
const patienceMs = 60_000;

export async function exportTraces(options: ExportOptions): Promise<void> {
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort());
  const run = new ExportRun(options, stopped.signal);
  const fault = await run.export();
  if (fault !== undefined) say(fault);
  const isInterrupted = stopped.signal.aborted;
  if (!options.quiet || isInterrupted || fault !== undefined) say(run.summary(isInterrupted));
  if (fault !== undefined || isInterrupted) process.exitCode = exitCode.failed;
  else if (run.missingTraces > 0) process.exitCode = exitCode.incomplete;
}

class ExportRun {
  missingTraces = 0;
  readonly #options: ExportOptions;
  readonly #format: TraceFormat;
  readonly #api: BackendApi;
  readonly #signal: AbortSignal;
  #traceCount = 0;
  #spanCount = 0;
  #writtenBytes = 0;
  #fault: string | undefined;

  constructor(options: ExportOptions, signal: AbortSignal) {
    const address = options.from ?? ownBackend(options.data, process.env).httpAddress;
    const { authToken: token } = options;
    this.#options = options;
    this.#format = traceFormats[options.format];
    this.#api = new BackendApi(address.replace(/\/$/, ''), signal, {
      keepAlive: true,
      patienceMs,
      ...(token && { token }),
    });
    this.#signal = signal;
  }

  /** @returns why it could not be done, where it could not */
  async export(): Promise<string | undefined> {
    const progress = new Progress(() => this.#progress());
    if (this.#showsProgress()) progress.start();
    try {
      await this.#write();
    } catch (error) {
      this.#fault ??= this.#outputFault(error as NodeJS.ErrnoException);
    }
    progress.stop();
    return this.#fault;
  }

  summary(isInterrupted: boolean): string {
    const missing = this.missingTraces > 0 ? `, ${counted(this.missingTraces, 'trace')} not found` : '';
    const written = `${counted(this.#traceCount, 'trace')}, ${counted(this.#spanCount, 'span')} (${formatBytes(this.#writtenBytes)})`;
    return `${isInterrupted ? 'interrupted; exported' : 'exported'} ${written}${missing}`;
  }

  /** A bar in the middle of what is written to the same terminal would help nobody. */
  #showsProgress(): boolean {
    const writesToTerminal = this.#options.output === undefined && process.stdout.isTTY === true;
    return process.stderr.isTTY === true && !this.#options.quiet && !writesToTerminal;
  }

  async #write(): Promise<void> {
    const { output, gzip } = this.#options;
    const text = Readable.from(this.#text(), { objectMode: false });
    const target: Writable = output === undefined ? process.stdout : createWriteStream(output);
    const end = { end: output !== undefined };
    if (gzip) await pipeline(text, createGzip(), target, end);
    else await pipeline(text, target, end);
  }

  /** Ends as the format wants it also where it was cut short, so that what is there can be read. */
  async *#text(): AsyncGenerator<Buffer> {
    yield* this.#piece(this.#format.before);
    try {
      for await (const traces of ahead(traceGroups(this.#found()), groupsAhead, (ids) => this.#read(ids))) {
        for (const { text, spanCount } of traces) {
          yield* this.#piece(this.#traceCount++ > 0 ? `${this.#format.between}${text}` : text);
          this.#spanCount += spanCount;
        }
      }
    } catch (error) {
      if (!this.#signal.aborted) this.#fault = backendFault(error, this.#api.address);
    }
    yield* this.#piece(this.#format.after);
  }

  *#piece(text: string): Generator<Buffer> {
    if (text === '') return;
    const bytes = Buffer.from(text);
    this.#writtenBytes += bytes.length;
    yield bytes;
  }

  async *#found(): AsyncGenerator<FoundTrace> {
    const { traceIds, search } = this.#options;
    if (traceIds.length === 0) yield* foundTraces(this.#api, search);
    else for (const traceId of traceIds) yield { traceId, spanCount: unknownSpanCount };
  }

  /** A trace may be removed by retention after it was found. */
  async #read(traceIds: readonly string[]): Promise<WrittenTrace[]> {
    const traces = await this.#format.read(this.#api, traceIds);
    this.missingTraces += traceIds.length - traces.length;
    return traces;
  }

  #outputFault({ code, message }: NodeJS.ErrnoException): string {
    const name = this.#options.output ?? 'standard output';
    return code === 'EPIPE' ? `nobody reads ${name} any more` : `${name} cannot be written: ${message}`;
  }

  #progress(): ReturnType<ConstructorParameters<typeof Progress>[0]> {
    return {
      what: `exporting${this.#options.output === undefined ? '' : ` to ${basename(this.#options.output)}`}`,
      detail: `${counted(this.#traceCount, 'trace')}, ${formatBytes(this.#writtenBytes)}`,
      spanCount: this.#spanCount,
    };
  }
}

function say(text: string): void {
  process.stderr.write(`sightline: ${text}\n`);
}
