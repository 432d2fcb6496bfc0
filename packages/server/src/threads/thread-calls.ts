/**
 * Calls between the threads of this process: one side names a method, the other answers with its result or its error. Both are
 * copied: what is large goes by way of files.
 *
 *   { id, method, args } ─▶  ◀─ { id, result } or { id, error }
 */
import type { MessagePort, Worker } from 'node:worker_threads';

/** What one side offers: functions of things that can be cloned. */
export type Methods = Readonly<Record<string, (...args: never[]) => unknown>>;

interface Call {
  id: number;
  method: string;
  args: unknown[];
}

interface Answer {
  id: number;
  result?: unknown;
  error?: PlainError;
}

/** An error as it travels: with the properties that tell callers what it is. */
interface PlainError {
  name: string;
  message: string;
  stack?: string | undefined;
  code?: unknown;
  path?: unknown;
}

type ResultOf<Method extends (...args: never[]) => unknown> = Awaited<ReturnType<Method>>;

/** The calling side. */
export class ThreadCalls<Offered extends Methods> {
  readonly #worker: Worker;
  readonly #open = new Map<number, { resolve(result: never): void; reject(error: unknown): void }>();
  #lastId = 0;
  #ended: Error | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (answer: Answer) => this.#onAnswer(answer));
    worker.once('error', (error) => this.#end(error));
    worker.once('exit', (code) => this.#end(new Error(`The thread ended with code ${code}.`)));
  }

  /** @throws what the method throws; also when the thread ends before it has answered */
  call<Name extends keyof Offered & string>(
    method: Name,
    args: Parameters<Offered[Name]>,
  ): Promise<ResultOf<Offered[Name]>> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#open.set(id, { resolve, reject });
      this.#worker.postMessage({ id, method, args } satisfies Call);
    });
  }

  #onAnswer({ id, result, error }: Answer): void {
    const open = this.#open.get(id);
    this.#open.delete(id);
    if (error) open?.reject(errorOf(error));
    else open?.resolve(result as never);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#open.values()) reject(error);
    this.#open.clear();
  }
}

/** The answering side. */
export function answerCalls(port: MessagePort, methods: Methods): void {
  port.on('message', async ({ id, method, args }: Call) => {
    try {
      const result = await (methods[method] as (...args: unknown[]) => unknown)(...args);
      port.postMessage({ id, result } satisfies Answer);
    } catch (error) {
      port.postMessage({ id, error: plainOf(error) } satisfies Answer);
    }
  });
}

function plainOf(error: unknown): PlainError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, stack } = error;
  return {
    name,
    message,
    stack,
    code: 'code' in error ? error.code : undefined,
    path: 'path' in error ? error.path : undefined,
  };
}

function errorOf({ message, ...properties }: PlainError): Error {
  return Object.assign(new Error(message), properties);
}
