// The load: a process of its own, told by its parent what to ask, in slices. A generator that costs more than the
// program under test would measure itself: this one makes about 100,000 requests a second on one core.
import { Connections } from './connections.mjs';
import { Histogram } from './histogram.mjs';

const connectionsOf = new Map();
/** Of the slice that runs. */
const latencies = new Histogram();
/** Of many slices, by name. */
const pools = new Map();

process.on('message', async (message) => {
  const answer = await answerTo(message).catch((error) => ({ error: String(error) }));
  process.send({ id: message.id, ...answer });
});
process.on('disconnect', () => process.exit());

/** Either a slice of load, whose latencies also go `into` the pool of that name; or `take`, the name of a pool. */
async function answerTo(message) {
  if (message.take !== undefined) return named(pools, message.take, Histogram).take();
  const connections = named(connectionsOf, message.port, Connections);
  await connections.open(message.connections);
  const result = await new Slice(message, connections).run();
  named(pools, message.into, Histogram).merge(latencies);
  return { ...result, ...latencies.take() };
}

function named(map, name, Class) {
  if (!map.has(name)) map.set(name, new Class(name));
  return map.get(name);
}

class Slice {
  #job;
  #text;
  #connections;
  #inFlight = 0;
  #done = 0;
  #stopsAtMs = 0;
  #countsFromMs = 0;
  #nextDueMs = 0;
  #isOver = false;
  #finish;

  /**
   * @param job {port, request: text, connections, into} and either {ms}: each connection asks again as soon as it is
   *   answered; {ms, rate, leadInMs}: so many a second, whether answers come or not, and latencies count from the end
   *   of the lead-in; or {count}: so many in all
   */
  constructor(job, connections) {
    this.#job = job;
    this.#text = Buffer.from(job.request);
    this.#connections = connections;
  }

  /** @returns {requests, elapsedMs}, until the last answer */
  async run() {
    const { connections, ms = Number.POSITIVE_INFINITY, rate, leadInMs = 0, count } = this.#job;
    const startMs = performance.now();
    this.#stopsAtMs = startMs + ms;
    this.#countsFromMs = startMs + leadInMs;
    await new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#connections.onAnswer = (socket) => this.#onAnswer(socket);
      this.#connections.onError = reject;
      if (rate !== undefined) this.#startRate(startMs, 1_000 / rate);
      else
        for (const socket of this.#connections.idle.splice(0, count ?? connections))
          this.#ask(socket, performance.now());
      this.#stayAwake();
    }).finally(() => {
      this.#isOver = true;
    });
    return { requests: this.#done, elapsedMs: performance.now() - startMs };
  }

  #startRate(startMs, intervalMs) {
    const { idle } = this.#connections;
    this.#nextDueMs = startMs;
    const turn = () => {
      const now = performance.now();
      while (this.#nextDueMs <= now && this.#nextDueMs < this.#stopsAtMs && idle.length > 0) {
        this.#ask(idle.shift(), this.#nextDueMs);
        this.#nextDueMs += intervalMs;
      }
      if (now < this.#stopsAtMs) setImmediate(turn);
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
    this.#inFlight++;
    this.#connections.ask(socket, this.#text, dueMs);
  }

  #onAnswer(socket) {
    const now = performance.now();
    if (socket.dueMs >= this.#countsFromMs) latencies.add((now - socket.dueMs) * 1_000);
    this.#done++;
    this.#inFlight--;
    const { rate, count } = this.#job;
    const goesOn = count === undefined ? now < this.#stopsAtMs : this.#done + this.#inFlight < count;
    if (rate === undefined && goesOn) {
      this.#ask(socket, now);
      return;
    }
    this.#connections.idle.push(socket);
    if (this.#inFlight === 0 && (rate === undefined || now >= this.#stopsAtMs)) this.#finish();
  }
}
