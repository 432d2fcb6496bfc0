// Some connections that live as long as the run, each asking one thing after the other at a steady rate.
import { connect } from 'node:net';

const request = 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
const upgrade = 'GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: soak\r\n\r\n';
const message = 'x'.repeat(100);

export class Load {
  answers = 0;
  #sockets = [];
  #stopped = false;
  #everyMs;

  /** @param ratePerSecond of all connections together; the connections fall behind where the program cannot */
  constructor(kind, port, connections, ratePerSecond) {
    this.#everyMs = (connections * 1_000) / ratePerSecond;
    for (let i = 0; i < connections; i++) this.#open(kind, port);
  }

  #open(kind, port) {
    const isLong = kind === 'long';
    const socket = connect(port, '127.0.0.1', () => socket.write(isLong ? upgrade : request));
    let dueMs = performance.now() + Math.random() * this.#everyMs;
    const next = () => !this.#stopped && socket.write(isLong ? message : request);
    socket.on('data', () => {
      this.answers++;
      dueMs = Math.max(dueMs + this.#everyMs, performance.now() - 1_000);
      setTimeout(next, dueMs - performance.now());
    });
    socket.on('error', (error) => this.#fail(error)).on('close', () => this.#fail(new Error('the program closed it')));
    this.#sockets.push(socket);
  }

  #fail(error) {
    if (this.#stopped) return;
    throw new Error('a connection that should last did not', { cause: error });
  }

  stop() {
    this.#stopped = true;
    for (const socket of this.#sockets) socket.destroy();
  }
}
