// The connections to one port, kept from the first slice to the last: what it costs a program to accept them is in
// no slice. HTTP/1.1 over plain sockets, with one buffer each, one request at a time on each.
import { connect } from 'node:net';

const headEnd = Buffer.from('\r\n\r\n');

export class Connections {
  #port;
  #open = 0;
  /** Taken in turn, so that none is left alone for as long as a server keeps an idle one. */
  idle = [];
  /** Of whoever asks at the moment. */
  onAnswer = () => {};
  onError = () => {};
  #usualBytes = 0;

  constructor(port) {
    this.#port = port;
  }

  /** Until there are so many. */
  async open(count) {
    while (this.#open < count) await this.#openOne();
  }

  /** @param dueMs when it should have been sent */
  ask(socket, text, dueMs) {
    socket.dueMs = dueMs;
    socket.isAsked = true;
    socket.expects = 0;
    socket.received = 0;
    socket.write(text);
  }

  #openOne() {
    return new Promise((resolve, reject) => {
      const socket = connect({
        port: this.#port,
        host: '127.0.0.1',
        noDelay: true,
        onread: { buffer: Buffer.allocUnsafe(65_536), callback: (size, buffer) => this.#onBytes(socket, size, buffer) },
      });
      socket.isAsked = false;
      socket.once('connect', () => {
        this.#open++;
        this.idle.push(socket);
        resolve();
      });
      socket.once('error', (error) => {
        reject(error);
        this.onError(error);
      });
      socket.once('close', () => this.#onClose(socket));
    });
  }

  #onClose(socket) {
    this.#open--;
    if (socket.isAsked) this.onError(new Error('the program closed a connection'));
    else this.idle.splice(this.idle.indexOf(socket), 1);
  }

  #onBytes(socket, size, buffer) {
    if (socket.expects === 0) {
      try {
        socket.expects = this.#expectedBytes(buffer, size);
      } catch (error) {
        this.onError(error);
        return true;
      }
    }
    socket.received += size;
    if (socket.received < socket.expects) return true;
    socket.isAsked = false;
    this.onAnswer(socket);
    return true;
  }

  /** Heads are read only when an answer is not as long as the last: the garbage of parsing would disturb latencies. */
  #expectedBytes(buffer, size) {
    if (size === this.#usualBytes && isOk(buffer)) return size;
    const bytes = answerBytes(buffer.subarray(0, size));
    if (bytes === size) this.#usualBytes = bytes;
    return bytes;
  }
}

/** “HTTP/1.1 200” */
function isOk(buffer) {
  return buffer[9] === 0x32 && buffer[10] === 0x30 && buffer[11] === 0x30;
}

/** @returns the length of the whole answer, by its head */
function answerBytes(bytes) {
  const end = bytes.indexOf(headEnd);
  const head = bytes.latin1Slice(0, end < 0 ? bytes.length : end);
  if (!head.startsWith('HTTP/1.1 200')) throw new Error(`an answer was ${JSON.stringify(bytes.latin1Slice(0, 400))}`);
  const at = head.toLowerCase().indexOf('content-length: ');
  if (end < 0 || at < 0) throw new Error(`an answer has no length: ${JSON.stringify(head)}`);
  return end + 4 + Number.parseInt(head.slice(at + 16), 10);
}
