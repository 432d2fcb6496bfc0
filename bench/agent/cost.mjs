// What an agent costs a program under load, on a machine whose speed changes by half within a second (neighbours that
// share its caches and its memory). So the sides take turns: a round gives each of them slices of 100 to 250 ms, in
// changing order, and what is compared is always two sides within one round.
import { startLoad, startProgram, startSink } from './processes.mjs';
import { RunOfSide } from './run-of-side.mjs';
import { summarize } from './summary.mjs';

/**
 * @param node path of the binary
 * @param program of requests.mjs
 * @param plan of run.mjs
 * @returns what summary.mjs makes of it, for each side
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
    const runs = sides.map((side) => new RunOfSide(side, program, load));
    const start = (run, i) => startProgram(node, run.side, program.name, ports[i], { ...env, ...plan.sideEnv });
    for (const [i, run] of runs.entries()) await run.use(started(start(run, i)));
    await calibrate(runs, sink, plan);
    await warmUp(runs, plan.warmUp);
    for (let round = 0; round < plan.rounds; round++) {
      await measureRound(runs, round, plan);
      await sink.ask({}); // counts what has come, now that nobody is measured
    }
    return summarize(runs, await settle(sink, plan.quietMs));
  } finally {
    await Promise.all(processes.map((process) => process.stop()));
  }
}

/**
 * The CPU account of a side is all that its process uses from the beginning of the round's slices to their end, also
 * while others have their turn: exports on timers, garbage and compilation are in it, whenever they happen. (What an
 * idle process uses is not worth taking off: 0.1 % of its time.)
 */
async function measureRound(runs, round, plan) {
  await pause(plan.drainMs);
  for (const run of runs) await run.openAccount();
  await inTurns(runs, round, plan.busySlices, (run) => run.busySlice(plan.busySliceMs));
  await pause(plan.drainMs);
  for (const run of runs) await run.closeAccount();

  // The machine may be another one than a minute ago: half of what the bare program does now.
  const rate = runs[0].busy.at(-1).requestsPerSecond / 2;
  for (const run of runs) run.openRate(rate);
  await inTurns(runs, round, plan.rateSlices, (run) => run.rateSlice(plan.rateSlice));
  for (const run of runs) await run.closeRate();
  for (const run of runs) await run.measureMemory();
}

/** Each goes first as often as last, and comes after each other as often as before it. */
async function inTurns(runs, round, turns, slice) {
  for (let turn = round * turns; turn < (round + 1) * turns; turn++) {
    const at = (turn >> 1) % runs.length;
    const order = [...runs.slice(at), ...runs.slice(0, at)];
    if (turn % 2 === 1) order.reverse();
    for (const run of order) await slice(run);
  }
}

/**
 * Until V8 has compiled what is worth it: no window of the last few has been the best one by 5 %. After 2 to 3.5 s
 * OpenTelemetry's first round still cost twice its later ones, which halved the ratio of that round. So the time goes
 * into one process of each side, well warmed, rather than into starting all anew half-way.
 */
async function warmUp(runs, { windowMs, leastWindows, mostWindows, patience }) {
  const states = runs.map((run) => ({ run, bestUs: Number.POSITIVE_INFINITY, bestAt: 0 }));
  for (let at = 0; at < mostWindows; at++) {
    for (const state of states) {
      if (at >= leastWindows && at - state.bestAt > patience) continue;
      const us = await state.run.warmUp(windowMs);
      if (us < state.bestUs * 0.95) {
        state.bestAt = at;
        state.bestUs = us;
      }
    }
  }
}

/** Some requests at leisure, which no side drops spans of, tell how many spans one makes. */
async function calibrate(runs, sink, plan) {
  const count = 40;
  for (const run of runs) await run.request({ connections: 1, count, into: 'nowhere' });
  await pause(plan.quietMs);
  const { counts } = await sink.ask({});
  for (const run of runs) {
    const { spans } = counts[run.side.name];
    // What a side makes once (a connection to the database) is not of a request.
    run.spansPerRequest = Math.floor(spans / count);
    run.spansAtStart = spans - run.spansPerRequest * count;
  }
}

const longestWaitMs = 30_000;

/** Until nothing more has come for as long as the slowest side waits before it sends what it has. */
async function settle(sink, quietMs) {
  let total = -1;
  let sinceMs = performance.now();
  const givesUpMs = sinceMs + longestWaitMs;
  for (;;) {
    const { counts } = await sink.ask({});
    const sum = Object.values(counts).reduce((before, { spans }) => before + spans, 0);
    if (sum !== total) sinceMs = performance.now();
    total = sum;
    if (performance.now() - sinceMs >= quietMs || performance.now() > givesUpMs) return counts;
    await pause(250);
  }
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
