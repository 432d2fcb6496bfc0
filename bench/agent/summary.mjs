// What the rounds of all sides came to. A round is compared with itself: what a side adds is its figure less the bare
// program's of the same round, and a ratio to a peer is one of two such differences, so that the machine's speed
// cancels out. The figure is the median over the rounds, and the rounds are kept beside it.
//
// Found for a hello world on Node 24, on a machine on which the bare program took anything from 23 to 60 µs: a second
// bare program adds −2.1 to +1.2 µs, up to 6 % (+3.2 with other work on the same core), so a figure of 12 µs may be
// wrong by an eighth. Three runs gave 0.135, 0.139 and 0.154 of OpenTelemetry's and 0.181, 0.191 and 0.186 of
// dd-trace's; single rounds, 0.08 to 0.17 and 0.12 to 0.26. The ratio of the rounds' sums, or of two medians, repeats
// no better once all are warm. Medians of single slices would leave out a tenth of what OpenTelemetry does and up to a
// quarter of what dd-trace does: their exports come in lumps.
import { spread } from './statistics.mjs';

/**
 * @param runs the bare program's first
 * @param counts spans that arrived, by side
 * @returns {[side]: {requestsPerSecond, throughputOfBare, cpuUs, addedCpuUs, addedCpuOf: {[peer]}, p50Us, p99Us,
 *   halfRate: {rate, p99Us, pooledP99Us, addedP99Us, isOverloaded}, rssBytes, spansPerRequest, spansMade,
 *   spansArrived}}; measured figures are {median, low, high, values: one of each round}
 */
export function summarize(runs, counts) {
  const [bare] = runs;
  return Object.fromEntries(
    runs.map((run) => {
      const of = (key) => spread(run.busy.map((round) => round[key]));
      const isOverloaded = run.atRate.filter((round) => round.isOverloaded).length > run.atRate.length / 2;
      const summary = {
        requestsPerSecond: of('requestsPerSecond'),
        throughputOfBare: spread(run.busy.map((round, i) => round.requestsPerSecond / bare.busy[i].requestsPerSecond)),
        cpuUs: of('cpuUs'),
        addedCpuUs: spread(added(run, bare)),
        addedCpuOf: addedOf(run, runs),
        p50Us: of('p50Us'),
        p99Us: of('p99Us'),
        halfRate: {
          rate: spread(run.atRate.map(({ rate }) => rate)),
          p99Us: spread(run.atRate.map(({ p99Us }) => p99Us)),
          pooledP99Us: spread(run.atRate.map(({ pooledP99Us }) => pooledP99Us)),
          addedP99Us: spread(run.atRate.map(({ p99Us }, i) => p99Us - bare.atRate[i].p99Us)),
          isOverloaded,
        },
        rssBytes: spread(run.rssBytes),
        spansPerRequest: run.spansPerRequest,
        spansMade: run.requests * run.spansPerRequest,
        spansArrived: counts[run.side.name].spans - run.spansAtStart,
      };
      return [run.side.name, summary];
    }),
  );
}

/** The part of each other side's added CPU time that this one's is. */
function addedOf(run, runs) {
  const [bare, ...others] = runs;
  const mine = added(run, bare);
  return Object.fromEntries(
    others
      .filter((other) => other !== run && run !== bare)
      .map((other) => {
        const theirs = added(other, bare);
        return [other.side.name, spread(mine.map((us, i) => us / theirs[i]))];
      }),
  );
}

function added(run, bare) {
  return run.busy.map(({ cpuUs }, i) => cpuUs - bare.busy[i].cpuUs);
}
