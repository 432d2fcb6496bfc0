import { Worker } from 'node:worker_threads';
import { type Methods, ThreadCalls } from './thread-calls.ts';

/** A thread of this server and its methods. One that crashes takes the server's purpose with it, so that is told at once. */
export class ServerThread<Offered extends Methods> {
  readonly calls: ThreadCalls<Offered>;
  readonly #worker: Worker;
  #isStopping = false;

  /** @param workerData plain values, for the thread's `workerData` */
  constructor(program: URL, workerData: object, onCrash: (error: Error) => void) {
    this.#worker = new Worker(program, { workerData });
    this.calls = new ThreadCalls(this.#worker);
    this.#worker.once('error', (error) => {
      if (!this.#isStopping) onCrash(error);
    });
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#worker.terminate();
  }
}
