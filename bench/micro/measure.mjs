// Measures the benches of one bundled file, in the process's only job: node measure.mjs FILE. Says [{name, ns, bestNs}] over IPC.
import { pathToFileURL } from 'node:url';

const rounds = 15;
const roundMs = 20;
/** What a bench returns ends here, so that no compiler can leave it out. */
let sink;

const { benches } = await import(pathToFileURL(process.argv[2]).href);
const measured = Object.entries(benches).map(([name, bench]) => ({ name, ...measure(bench) }));
if (sink === measured) throw new Error('never');
process.send(measured, () => process.exit());

/** @param bench a function, or {before, run, after} */
function measure(bench) {
  const { before, run, after } = typeof bench === 'function' ? { run: bench } : bench;
  before?.();
  const count = callsPerRound(run);
  const times = Array.from({ length: rounds }, () => (round(run, count) * 1e6) / count);
  after?.();
  times.sort((a, b) => a - b);
  return { ns: times[rounds >> 1], bestNs: times[0] };
}

/** Doubles until a round is long enough, which warms up as well. */
function callsPerRound(run) {
  let count = 50_000;
  while (round(run, count) < roundMs) count *= 2;
  return count;
}

/** @returns milliseconds */
function round(run, count) {
  const from = performance.now();
  for (let i = 0; i < count; i++) sink = run();
  return performance.now() - from;
}
