// The load: a process of its own, told by its parent what to ask. It speaks HTTP/1.1 over plain
// sockets with one buffer for all of them, since a generator that costs more than the program under
// test would measure itself: it makes about 100,000 requests a second on one core.
import { connect } from 'node:net';

const headEnd = Buffer.from('\r\n\r\n');
/** Latencies are counted in bins of this width, up to a second. */
const binUs = 5;
const bins = new Uint32Array(1_000_000 / binUs + 1);

process.on('message', async (job) => {
  const result = await new Load(job).run().catch((error) => ({ error: String(error) }));
  process.send({ id: job.id, ...result });
});
process.on('disconnect', () => process.exit());

class Load {
  #job;
  #text;
  #idle = [];
  #sockets = [];
  #inFlight = 0;
  #done = 0;
  #stopsAt = 0;
  #nextDue = 0;
  #interval = 0;
  #isOver = false;
  #finish;
  #fail;

  /**
   * @param job {port, request: text, connections} and either {seconds}: each connection asks again as soon as it is
   *   answered; {seconds, rate}: that many a second, whether answers come or not; or {count}: so many in all
   */
  constructor(job) {
    this.#job = job;
    this.#text = Buffer.from(job.request);
  }

  async run() {
    bins.fill(0);
    const { connections, seconds, rate, count } = this.#job;
    await Promise.all(Array.from({ length: connections }, () => this.#open()));
    const startMs = performance.now();
    this.#stopsAt = seconds === undefined ? Number.POSITIVE_INFINITY : startMs + seconds * 1_000;
    await new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#fail = reject;
      if (rate !== undefined) this.#startRate(startMs, 1_000 / rate);
      else for (const socket of this.#idle.splice(0, count ?? connections)) this.#ask(socket, performance.now());
      this.#stayAwake();
    });
    this.#isOver = true;
    const elapsedMs = performance.now() - startMs;
    for (const socket of this.#sockets) socket.destroy();
    return { requests: this.#done, elapsedMs, ...percentiles(this.#done) };
  }

  #open() {
    return new Promise((resolve, reject) => {
      const socket = connect({
        port: this.#job.port,
        host: '127.0.0.1',
        noDelay: true,
        onread: { buffer: Buffer.allocUnsafe(65_536), callback: (size, buffer) => this.#onBytes(socket, size, buffer) },
      });
      socket.once('connect', resolve);
      socket.once('error', (error) => (this.#fail ?? reject)(error));
      socket.once('close', () => this.#fail?.(new Error('the program closed a connection')));
      this.#sockets.push(socket);
      this.#idle.push(socket);
    });
  }

  #startRate(startMs, interval) {
    this.#interval = interval;
    this.#nextDue = startMs;
    const turn = () => {
      const now = performance.now();
      while (this.#nextDue <= now && this.#nextDue < this.#stopsAt && this.#idle.length > 0) {
        this.#ask(this.#idle.pop(), this.#nextDue);
        this.#nextDue += this.#interval;
      }
      if (now < this.#stopsAt) setImmediate(turn);
      else if (this.#inFlight === 0) this.#finish();
    };
    turn();
  }

  /**
   * A load that sleeps whenever it has nothing to do has to be woken by the program's next answer, which costs the
   * program a microsecond: the slower a side is, the more often. So it never sleeps.
   */
  #stayAwake() {
    if (!this.#isOver) setImmediate(() => this.#stayAwake());
  }

  #ask(socket, dueMs) {
    socket.dueMs = dueMs;
    socket.expects = 0;
    socket.received = 0;
    this.#inFlight++;
    socket.write(this.#text);
  }

  #onBytes(socket, size, buffer) {
    if (socket.expects === 0) {
      try {
        socket.expects = responseBytes(buffer.subarray(0, size));
      } catch (error) {
        this.#fail(error);
        return true;
      }
    }
    socket.received += size;
    if (socket.received >= socket.expects) this.#onAnswer(socket);
    return true;
  }

  #onAnswer(socket) {
    const now = performance.now();
    const bin = Math.floor(((now - socket.dueMs) * 1_000) / binUs);
    bins[Math.min(bin, bins.length - 1)]++;
    this.#done++;
    this.#inFlight--;
    const { rate, count } = this.#job;
    const goesOn = count === undefined ? now < this.#stopsAt : this.#done + this.#inFlight < count;
    if (rate === undefined && goesOn) this.#ask(socket, now);
    else {
      this.#idle.push(socket);
      if (this.#inFlight === 0 && (rate === undefined || now >= this.#stopsAt)) this.#finish();
    }
  }
}

/** @returns the length of the whole answer, by its head */
function responseBytes(bytes) {
  const end = bytes.indexOf(headEnd);
  const head = bytes.latin1Slice(0, end < 0 ? bytes.length : end);
  if (!head.startsWith('HTTP/1.1 200')) throw new Error(`an answer was ${JSON.stringify(bytes.latin1Slice(0, 400))}`);
  const at = head.toLowerCase().indexOf('content-length: ');
  if (end < 0 || at < 0) throw new Error(`an answer has no length: ${JSON.stringify(head)}`);
  return end + 4 + Number.parseInt(head.slice(at + 16), 10);
}

function percentiles(total) {
  return { p50Us: percentile(total, 0.5), p99Us: percentile(total, 0.99) };
}

function percentile(total, share) {
  let seen = 0;
  for (let i = 0; i < bins.length; i++) {
    seen += bins[i];
    if (seen >= total * share) return (i + 1) * binUs;
  }
  return 1_000_000;
}
