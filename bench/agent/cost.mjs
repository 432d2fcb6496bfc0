// What an agent costs a program under load. All sides run at the same time, each idle while another is measured, so
// that a round is four measurements within seconds of each other. Half-way every program is started anew, since two
// processes of the same program differ by more than two measurements of one.
import { startLoad, startProgram, startSink } from './processes.mjs';
import { spread } from './statistics.mjs';

/**
 * @param node path of the binary
 * @param program of requests.mjs
 * @param plan {rounds, seconds, rateSeconds, warmUpSeconds, quietMs, sideEnv}
 * @returns for each side: {requestsPerSecond, cpuUs, p50Us, p99Us, halfRate: {rate, p99Us, isOverloaded}, rssBytes,
 *   spansPerRequest, spansMade, spansArrived}; measured figures are {median, low, high}
 */
export async function measureCost(node, sides, program, plan, env) {
  const processes = [];
  const started = (process) => {
    processes.push(process);
    return process;
  };
  try {
    const load = started(startLoad());
    const sink = started(startSink());
    const { ports } = await sink.ask({ listen: sides.map(({ name }) => name) });
    const runs = sides.map((side) => new Run(side, program, load));
    const start = (run, i) => startProgram(node, run.side, program.name, ports[i], { ...env, ...plan.sideEnv });
    for (let round = 0; round < plan.rounds; round++) {
      const isFresh = round === 0 || round === Math.ceil(plan.rounds / 2);
      if (isFresh) for (const [i, run] of runs.entries()) await run.use(started(start(run, i)));
      if (round === 0) await calibrate(runs, sink, plan);
      if (isFresh) for (const run of runs) await run.warmUp(plan.warmUpSeconds);
      await measureRound(rotated(runs, round), runs[0], plan);
    }
    const counts = await settle(sink, plan.quietMs);
    return Object.fromEntries(runs.map((run) => [run.side.name, run.summary(counts[run.side.name])]));
  } finally {
    await Promise.all(processes.map((process) => process.stop()));
  }
}

/** @param bare the run without an agent, whose peak sets the rate */
async function measureRound(runs, bare, plan) {
  for (const run of runs) await run.measure(plan.seconds);
  const rate = bare.rounds[0].requestsPerSecond / 2;
  for (const run of runs) await run.measureAtRate(plan.rateSeconds, rate);
  for (const run of runs) await run.measureMemory();
}

/** Some requests at leisure, which no side drops spans of, tell how many spans one makes. */
async function calibrate(runs, sink, plan) {
  const count = 40;
  for (const run of runs) await run.request({ connections: 1, count });
  const counts = await settle(sink, plan.quietMs, (spans) =>
    runs.every(({ side }) => side.name === 'none' || spans[side.name].spans >= count),
  );
  // What a side makes once (a connection to the database) is not of a request.
  for (const run of runs) run.spansPerRequest = Math.floor(counts[run.side.name].spans / count);
  for (const run of runs) run.spansAtStart = counts[run.side.name].spans - run.spansPerRequest * count;
}

const longestWaitMs = 30_000;

/** Until enough has come, and nothing more for as long as the slowest side waits before it sends what it has. */
async function settle(sink, quietMs, isEnough = () => true) {
  let total = -1;
  let sinceMs = performance.now();
  const givesUpMs = sinceMs + longestWaitMs;
  for (;;) {
    const { counts } = await sink.ask({});
    const sum = Object.values(counts).reduce((before, { spans }) => before + spans, 0);
    if (sum !== total) sinceMs = performance.now();
    total = sum;
    const isQuiet = performance.now() - sinceMs >= quietMs && isEnough(counts);
    if (isQuiet || performance.now() > givesUpMs) return counts;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function rotated(list, by) {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

class Run {
  rounds = [];
  atRate = [];
  rssBytes = [];
  requests = 0;
  spansPerRequest = 0;
  spansAtStart = 0;
  #load;
  #program;
  #process;
  #port;

  constructor(side, program, load) {
    this.side = side;
    this.#program = program;
    this.#load = load;
  }

  async use(process) {
    this.#process = process;
    this.#port = (await process.firstMessage).port;
  }

  async request(job) {
    const { request, connections } = this.#program;
    const result = await this.#load.ask({ port: this.#port, request, connections, ...job });
    this.requests += result.requests;
    return result;
  }

  async warmUp(seconds) {
    await this.request({ seconds });
  }

  async measure(seconds) {
    const before = await this.#process.ask({});
    const { requests, elapsedMs, p50Us, p99Us } = await this.request({ seconds });
    const after = await this.#process.ask({});
    const cpuUs = (after.cpuUs - before.cpuUs) / requests;
    this.rounds.push({ requestsPerSecond: (requests / elapsedMs) * 1_000, cpuUs, p50Us, p99Us });
  }

  async measureAtRate(seconds, rate) {
    const connections = Math.max(64, this.#program.connections);
    const { requests, p99Us } = await this.request({ seconds, rate, connections });
    this.atRate.push({ rate, p99Us, isOverloaded: requests < seconds * rate * 0.98 });
  }

  async measureMemory() {
    this.rssBytes.push((await this.#process.ask({})).rssBytes);
  }

  summary(count) {
    const of = (key) => spread(this.rounds.map((round) => round[key]));
    return {
      requestsPerSecond: of('requestsPerSecond'),
      cpuUs: of('cpuUs'),
      p50Us: of('p50Us'),
      p99Us: of('p99Us'),
      halfRate: {
        rate: this.atRate[0].rate,
        p99Us: spread(this.atRate.map(({ p99Us }) => p99Us)),
        isOverloaded: this.atRate.filter(({ isOverloaded }) => isOverloaded).length > this.atRate.length / 2,
      },
      rssBytes: spread(this.rssBytes),
      spansPerRequest: this.spansPerRequest,
      spansMade: this.requests * this.spansPerRequest,
      spansArrived: count.spans - this.spansAtStart,
    };
  }
}
