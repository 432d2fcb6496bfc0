// One side under load: a program with its agent, the slices that it is given, and what each round of them came to.
import { lowerQuartile } from './statistics.mjs';

export class RunOfSide {
  /** One of each round. */
  busy = [];
  atRate = [];
  rssBytes = [];
  requests = 0;
  spansPerRequest = 0;
  spansAtStart = 0;
  #load;
  #program;
  #process;
  #port;
  #account;
  #rate;

  constructor(side, program, load) {
    this.side = side;
    this.#program = program;
    this.#load = load;
  }

  async use(process) {
    this.#process = process;
    this.#port = (await process.firstMessage).port;
  }

  /** @returns the CPU time of a request, µs */
  async warmUp(ms) {
    const before = await this.#process.ask({});
    const { requests } = await this.request({ ms, into: 'nowhere' });
    return ((await this.#process.ask({})).cpuUs - before.cpuUs) / requests;
  }

  async openAccount() {
    const { cpuUs } = await this.#process.ask({});
    this.#account = { cpuUs, requests: 0, elapsedMs: 0 };
  }

  async busySlice(ms) {
    const { requests, elapsedMs } = await this.request({ ms, into: `${this.side.name} busy` });
    this.#account.requests += requests;
    this.#account.elapsedMs += elapsedMs;
  }

  /** All that the process has used since the account was opened is of the requests since then. */
  async closeAccount() {
    const { cpuUs: before, requests, elapsedMs } = this.#account;
    const { cpuUs } = await this.#process.ask({});
    const latencies = await this.#load.ask({ take: `${this.side.name} busy` });
    const requestsPerSecond = (requests / elapsedMs) * 1_000;
    this.busy.push({ requestsPerSecond, cpuUs: (cpuUs - before) / requests, ...latencies });
  }

  openRate(rate) {
    this.#rate = { rate, requests: 0, due: 0, p99s: [] };
  }

  async rateSlice({ ms, leadInMs }) {
    const { rate, p99s } = this.#rate;
    const connections = Math.max(64, this.#program.connections);
    const job = { ms, leadInMs, rate, connections, into: `${this.side.name} at rate` };
    const { requests, p99Us } = await this.request(job);
    this.#rate.requests += requests;
    this.#rate.due += (rate * ms) / 1_000;
    p99s.push(p99Us);
  }

  /**
   * What disturbs a latency only adds to it, and the machine stands still for milliseconds so often that about every
   * second slice has more than one request in a hundred late: the p99 of a whole round, or the median of its slices',
   * differs by 3 to 10 ms between two processes of the same program. So a round's p99 is the lower quartile of its
   * slices'. It has all pauses of the agent that come in most slices, such as collections of garbage; rarer ones are
   * in the pooled p99, kept for the record, and `npm run bench -- blocks` looks for them.
   */
  async closeRate() {
    const { rate, requests, due, p99s } = this.#rate;
    const pooled = await this.#load.ask({ take: `${this.side.name} at rate` });
    this.atRate.push({
      rate,
      p99Us: lowerQuartile(p99s),
      pooledP99Us: pooled.p99Us,
      isOverloaded: requests < due * 0.98,
    });
  }

  async measureMemory() {
    this.rssBytes.push((await this.#process.ask({})).rssBytes);
  }

  async request(job) {
    const { request, connections } = this.#program;
    const result = await this.#load.ask({ port: this.#port, request, connections, ...job });
    this.requests += result.requests;
    return result;
  }
}
