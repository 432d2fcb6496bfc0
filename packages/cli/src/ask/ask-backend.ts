/** What the commands that ask the backend something have in common: which one, and how its refusals are told. */
import { BackendApi, RefusedError } from '../backend-api.ts';
import { backendFault } from '../backend-fault.ts';
import { exitCode } from '../exit-codes.ts';
import { ownBackend } from '../own-backend.ts';

export interface AskOptions {
  /** The address of the backend's HTTP API; undefined: the one of the data directory. */
  from?: string;
  authToken?: string;
  data: string;
}

/** It gives a search 30 s. */
const patienceMs = 60_000;

/**
 * Ends the process's business with 1 where the backend cannot be asked, with 2 where it does not accept the question.
 * @param query in TraceQL, where there is one: what is wrong in it is underlined
 */
export async function askBackend(
  options: AskOptions,
  ask: (api: BackendApi, stopped: AbortSignal) => Promise<void>,
  query = '',
): Promise<void> {
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort());
  leaveWithReader();
  const api = backendOf(options, stopped.signal);
  try {
    await ask(api, stopped.signal);
  } catch (error) {
    if (stopped.signal.aborted) process.exitCode = exitCode.failed;
    else
      fail(
        backendFault(error, api.address) + marked(query, error),
        isQuestionWrong(error) ? exitCode.usage : exitCode.failed,
      );
  }
}

function backendOf({ from, authToken: token, data }: AskOptions, signal: AbortSignal): BackendApi {
  const address = from ?? ownBackend(data, process.env).httpAddress;
  return new BackendApi(address.replace(/\/$/, ''), signal, { patienceMs, ...(token && { token }) });
}

function isQuestionWrong(error: unknown): boolean {
  return error instanceof RefusedError && (error.status === 400 || error.status === 409);
}

/** The query once more, and what is wrong in it underlined; nothing where that is not known. */
function marked(query: string, error: unknown): string {
  const { from, to = from } = (error instanceof RefusedError && error.error) || {};
  if (from === undefined || to === undefined || query.includes('\n')) return '';
  return `\n  ${query}\n  ${' '.repeat(from)}${'^'.repeat(Math.max(1, to - from))}`;
}

/** `sightline trace … | head` closes the pipe when it has seen enough. */
function leaveWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

function fail(text: string, code: number): void {
  process.stderr.write(`sightline: ${text}\n`);
  process.exitCode = code;
}
