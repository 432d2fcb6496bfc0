/**
 * An answer that comes bit by bit, as server-sent events.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
import { PassThrough } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { errorResponse, failureOf } from './failure.ts';

export class EventStream {
  readonly #stream: PassThrough = new PassThrough();

  /** @param data becomes JSON */
  send(event: string, data: unknown): void {
    if (!this.#stream.destroyed) this.#stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Runs `action`, and ends the answer with it: what goes wrong is an `error` event. */
  finishWith(action: () => Promise<void>): void {
    action().then(
      () => this.#stream.end(),
      (error: unknown) => this.#fail(error),
    );
  }

  answer(reply: FastifyReply): FastifyReply {
    return reply.type('text/event-stream; charset=utf-8').send(this.#stream);
  }

  /** A fault of ours breaks the answer off, and is in the log. */
  #fail(error: unknown): void {
    const failure = failureOf(error);
    if (!failure) {
      this.#stream.destroy(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    this.send('error', errorResponse(failure));
    this.#stream.end();
  }
}
