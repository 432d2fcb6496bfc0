/**
 * Reads one HTTP/1.1 answer from chunks of bytes as they arrive. See connection.ts for why this is
 * not node:http. What a backend says is short; only its first 64 KiB are kept.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112
 */
const maxHeadBytes = 65_536;
const maxKeptBodyBytes = 65_536;
const endOfHead = Buffer.from('\r\n\r\n');
const endOfLine = Buffer.from('\r\n');

export interface Answer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  /** Whether the connection may be used again. */
  readonly keepsAlive: boolean;
}

/** What the reader waits for. `toClose`: the body ends with the connection. */
type State = 'head' | 'length' | 'chunkSize' | 'chunk' | 'trailer' | 'toClose' | 'done';

export class ResponseReader {
  #state: State = 'head';
  #unread: Buffer = Buffer.alloc(0);
  /** Bytes of the body, or of the current chunk with its line end, still to come. */
  #remaining = 0;
  #status = 0;
  #keepsAlive = true;
  #headers: Map<string, string> = new Map();
  readonly #body: Buffer[] = [];
  #bodyBytes = 0;

  /**
   * @returns the answer, once it is complete
   * @throws where the bytes are not HTTP/1.x
   */
  read(bytes: Buffer): Answer | undefined {
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes]);
    while (this.#state !== 'done' && this.#step());
    return this.#state === 'done' ? this.#answer() : undefined;
  }

  /** The connection has ended: that completes an answer without a length, and no other. */
  end(): Answer | undefined {
    return this.#state === 'toClose' ? this.#answer() : undefined;
  }

  #answer(): Answer {
    // More than the answer has come: nobody asked for that, so nothing after it can be trusted.
    const keepsAlive = this.#keepsAlive && this.#state === 'done' && this.#unread.length === 0;
    return { status: this.#status, headers: this.#headers, body: Buffer.concat(this.#body), keepsAlive };
  }

  /** @returns whether there was enough to go on */
  #step(): boolean {
    switch (this.#state) {
      case 'head':
        return this.#readHead();
      case 'chunkSize':
        return this.#readChunkSize();
      case 'trailer':
        return this.#readTrailer();
      case 'length':
        return this.#readContent('done');
      case 'chunk':
        return this.#readContent('chunkSize');
      default:
        this.#keep(this.#unread);
        this.#unread = this.#unread.subarray(this.#unread.length);
        return false;
    }
  }

  #readHead(): boolean {
    const end = this.#unread.indexOf(endOfHead);
    if (end < 0) {
      if (this.#unread.length > maxHeadBytes) throw new Error('the answer has no end of its head');
      return false;
    }
    const [statusLine = '', ...lines] = this.#unread.toString('latin1', 0, end).split('\r\n');
    this.#unread = this.#unread.subarray(end + endOfHead.length);
    const [, minor, status] = /^HTTP\/1\.([01]) (\d{3})/.exec(statusLine) ?? [];
    if (status === undefined) throw new Error(`the answer is not HTTP/1.x: ${JSON.stringify(statusLine.slice(0, 40))}`);
    this.#status = Number(status);
    this.#headers = readHeaders(lines);
    this.#keepsAlive = minor === '1' && this.#headers.get('connection')?.toLowerCase() !== 'close';
    this.#state = this.#status < 200 ? 'head' : this.#bodyState(); // 100 to 199: the real one follows
    return true;
  }

  #bodyState(): State {
    if (this.#status === 204 || this.#status === 304) return 'done';
    if (this.#headers.get('transfer-encoding')?.toLowerCase().includes('chunked')) return 'chunkSize';
    const length = this.#headers.get('content-length');
    if (length === undefined) return 'toClose';
    this.#remaining = Number(length);
    return this.#remaining > 0 ? 'length' : 'done';
  }

  #readChunkSize(): boolean {
    const end = this.#unread.indexOf(endOfLine);
    if (end < 0) return false;
    const size = Number.parseInt(this.#unread.toString('latin1', 0, end), 16);
    if (Number.isNaN(size)) throw new Error('a chunk of the answer has no size');
    this.#unread = this.#unread.subarray(end + endOfLine.length);
    this.#remaining = size + endOfLine.length;
    this.#state = size === 0 ? 'trailer' : 'chunk';
    return true;
  }

  /** Lines up to an empty one. */
  #readTrailer(): boolean {
    const end = this.#unread.indexOf(endOfLine);
    if (end < 0) return false;
    this.#unread = this.#unread.subarray(end + endOfLine.length);
    if (end === 0) this.#state = 'done';
    return true;
  }

  #readContent(next: State): boolean {
    const part = this.#unread.subarray(0, this.#remaining);
    const lineEndBytes = next === 'chunkSize' ? endOfLine.length : 0;
    const contentBytes = Math.max(0, Math.min(part.length, this.#remaining - lineEndBytes));
    this.#keep(part.subarray(0, contentBytes));
    this.#unread = this.#unread.subarray(part.length);
    this.#remaining -= part.length;
    if (this.#remaining > 0) return false;
    this.#state = next;
    return true;
  }

  #keep(part: Buffer): void {
    if (part.length === 0 || this.#bodyBytes >= maxKeptBodyBytes) return;
    this.#body.push(part);
    this.#bodyBytes += part.length;
  }
}

function readHeaders(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const at = line.indexOf(':');
    if (at > 0) headers.set(line.slice(0, at).toLowerCase(), line.slice(at + 1).trim());
  }
  return headers;
}
