/** `sightline import`: files of traces, translated to OTLP here and sent to a backend as any program would. */
import { basename } from 'node:path';
import { counted } from '../counted.ts';
import { exitCode } from '../exit-codes.ts';
import { ownBackend } from '../own-backend.ts';
import { formatBytes, Progress } from '../progress.ts';
import { BatchBuilder } from './batch.ts';
import { type ByteSource, openFile } from './byte-source.ts';
import { type FileFormat, type FormatName, formatNamed, formatOf, headBytes } from './file-format.ts';
import { ImportReport } from './import-report.ts';
import { jsonPieces } from './json-pieces.ts';
import { BackendUnusable, OtlpSender } from './otlp-sender.ts';
import type { Piece } from './piece.ts';
import { protobufPieces } from './protobuf-pieces.ts';

export interface ImportOptions {
  /** Undefined: told by the content. */
  format?: FormatName;
  /** The backend's address for OTLP over HTTP; undefined: the one of the data directory. */
  to?: string;
  authToken?: string;
  data: string;
  quiet: boolean;
}

export async function importFiles(files: readonly string[], options: ImportOptions): Promise<void> {
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort());
  const run = new ImportRun(options, stopped.signal);
  const fault = await run.import(files);
  const { report } = run;
  if (fault) say(fault);
  for (const line of report.problemLines()) process.stderr.write(`  ${line}\n`);
  if (!options.quiet || fault || !report.isComplete) say(run.summary(files.length, stopped.signal.aborted));
  if (fault || stopped.signal.aborted) process.exitCode = exitCode.failed;
  else if (!report.isComplete) process.exitCode = exitCode.incomplete;
}

class ImportRun {
  readonly report: ImportReport = new ImportReport();
  readonly #options: ImportOptions;
  readonly #signal: AbortSignal;
  readonly #sender: OtlpSender;
  readonly #batches = new BatchBuilder();
  readonly #startMs = performance.now();
  #file = '';
  #readBytes = 0;
  #sizeBytes: number | undefined;

  constructor(options: ImportOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#sender = new OtlpSender(tracesUrl(options), options.authToken, this.report, signal);
  }

  /** @returns why it could not be done, where it could not */
  async import(files: readonly string[]): Promise<string | undefined> {
    const progress = new Progress(() => this.#progress());
    if (!this.#options.quiet) progress.start();
    try {
      for (const file of files) await this.#importFile(file);
      await this.#sendRest();
      return undefined;
    } catch (error) {
      if (!(error instanceof BackendUnusable)) throw error;
      return error.message;
    } finally {
      progress.stop();
    }
  }

  summary(fileCount: number, isInterrupted: boolean): string {
    const { sentSpans, refusedSpans, brokenParts } = this.report;
    const seconds = ((performance.now() - this.#startMs) / 1_000).toFixed(1);
    const refused = refusedSpans > 0 ? `, ${counted(refusedSpans, 'span')} refused` : '';
    const broken = brokenParts > 0 ? `, ${counted(brokenParts, 'part')} of files could not be read` : '';
    const begin = isInterrupted ? 'interrupted; imported' : 'imported';
    return `${begin} ${counted(sentSpans, 'span')} of ${counted(fileCount, 'file')} in ${seconds} s${refused}${broken}`;
  }

  async #importFile(file: string): Promise<void> {
    if (this.#signal.aborted) return;
    this.#file = file;
    this.#readBytes = 0;
    try {
      const opened = await openFile(file, (count) => this.#onRead(count), this.#signal);
      this.#sizeBytes = opened.sizeBytes;
      await this.#sendAll(opened.source).finally(() => opened.close());
    } catch (error) {
      // Of files and their compression; an interruption is no fault of theirs.
      if (error instanceof BackendUnusable) throw error;
      if (!this.#signal.aborted) this.report.unreadable(file, faultOf(error));
    }
  }

  async #sendAll(source: ByteSource): Promise<void> {
    const format = this.#formatOf(await source.head(headBytes));
    if (!format) {
      this.report.unreadable(this.#file, unknownFormat);
      return;
    }
    for await (const piece of piecesOf(source, format)) {
      if (this.#signal.aborted) return;
      if ('problem' in piece) {
        this.report.unreadable(this.#file, piece.problem, piece);
        continue;
      }
      const { refusedCount, firstRefusal = '' } = piece;
      if (refusedCount > 0) this.report.refused(refusedCount, firstRefusal, this.#file, piece);
      const batch = this.#batches.add(piece);
      if (batch) await this.#sender.send(batch);
    }
  }

  #formatOf(head: Uint8Array): FileFormat | undefined {
    return this.#options.format ? formatNamed(this.#options.format, head) : formatOf(head);
  }

  async #sendRest(): Promise<void> {
    const batch = this.#batches.take();
    if (batch) await this.#sender.send(batch);
    await this.#sender.finish();
  }

  #onRead(byteCount: number): void {
    this.#readBytes += byteCount;
  }

  #progress(): ReturnType<ConstructorParameters<typeof Progress>[0]> {
    const read = formatBytes(this.#readBytes);
    const size = this.#sizeBytes;
    const detail = size === undefined ? read : `${read} of ${formatBytes(size)}`;
    return {
      what: `importing ${this.#file === '-' ? 'standard input' : basename(this.#file)}`,
      share: size ? Math.min(1, this.#readBytes / size) : undefined,
      detail: this.#sender.isWaiting ? `${detail}, waiting for the backend` : detail,
      spanCount: this.report.sentSpans,
    };
  }
}

const unknownFormat =
  'none of the formats that are known (OTLP as JSON, JSON lines or protobuf, Jaeger’s JSON, Zipkin’s JSON), at least not by its beginning; --format insists on one';

function piecesOf(source: ByteSource, format: FileFormat): AsyncIterable<Piece> {
  return format.encoding === 'json' ? jsonPieces(source, format) : protobufPieces(source, format.framing);
}

function tracesUrl({ to, data }: ImportOptions): URL {
  const url = new URL(to ?? ownBackend(data, process.env).otlpAddress);
  if (!url.pathname.endsWith('/v1/traces')) url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`;
  return url;
}

function faultOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'it may not be read';
  if (code === 'Z_BUF_ERROR') return 'it ends in the middle of its gzip data';
  if (code?.startsWith('Z_')) return `its gzip data is damaged: ${message}`;
  return message;
}

function say(text: string): void {
  process.stderr.write(`sightline: ${text}\n`);
}
