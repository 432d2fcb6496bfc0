import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { certificate } from '../../../scripts/certificate.ts';
import { type ReceivedSpan, receivedSpans } from './otlp-decoder.ts';

/** Answers one request; the default answers 200 with an empty body. */
export type Answerer = (response: ServerResponse, request: IncomingMessage) => void;

/** A backend that behaves as a test wants it to, and remembers what it accepted. */
export class FakeBackend implements AsyncDisposable {
  readonly spans: ReceivedSpan[] = [];
  readonly requests: IncomingMessage[] = [];
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server, scheme: string) {
    this.#server = server;
    this.url = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static start(answer: Answerer = (response) => response.end(), port = 0): Promise<FakeBackend> {
    return FakeBackend.#listen(createServer(), 'http', answer, port);
  }

  /** With `testing/certificate.ts`. */
  static startTls(): Promise<FakeBackend> {
    return FakeBackend.#listen(createTlsServer(certificate), 'https', (response) => response.end(), 0);
  }

  static async #listen(server: Server, scheme: string, answer: Answerer, port: number): Promise<FakeBackend> {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    const sink = new FakeBackend(server, scheme);
    server.on('request', (request, response) => sink.#receive(request, response, answer));
    return sink;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  get names(): string[] {
    return this.spans.map(({ name }) => name).sort();
  }

  #receive(request: IncomingMessage, response: ServerResponse, answer: Answerer): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      this.requests.push(request);
      answer(response, request);
      if (response.statusCode >= 300 || !response.writableEnded) return;
      const body = Buffer.concat(chunks);
      this.spans.push(...receivedSpans(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body));
    });
  }

  async waitFor(count: number): Promise<ReceivedSpan[]> {
    await until(
      () => this.spans.length >= count,
      () => `${count} spans, got ${this.spans.length}: ${this.names}`,
    );
    return this.spans;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Polls until the condition holds, for 15 s at most. */
export async function until(condition: () => boolean, wanted: () => string): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${wanted()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
