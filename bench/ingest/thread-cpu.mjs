/** Where a backend's CPU time goes, by what its threads do, in seconds since it began. Linux says it by thread. */
import { readdirSync, readFileSync } from 'node:fs';

/**
 * By the beginnings of threads' names: those that ClickHouse gives its own, and that of libuv's, in which it carries out what is inserted.
 * V8's helpers and the threads of ours have that one, too.
 */
const engineThreads = {
  merge: ['MergeMutate'],
  insert: ['ThreadPool', 'QueryComp', 'QueryPip', 'node', 'libuv-worker'],
};

/**
 * receive, encode and serve are threads of ours, which say so themselves; insert is all that ClickHouse does for queries, and thus
 * also for reading, with the spool's reads and writes and V8's collections; rest is the engine's others.
 * @param metrics of the backend @param pid its process
 */
export function cpuByStage(metrics, pid) {
  const stages = { receive: 0, encode: 0, serve: 0, insert: 0, merge: 0 };
  for (const name of ['receive', 'encode', 'serve']) {
    stages[name] = metrics[`sightline_thread_cpu_seconds_total{thread="${name}"}`] ?? 0;
  }
  for (const [name, seconds] of engineCpu(pid)) {
    const stage = Object.keys(engineThreads).find((of) => engineThreads[of].some((begin) => name.startsWith(begin)));
    if (stage) stages[stage] += seconds;
  }
  stages.insert -= stages.receive + stages.encode + stages.serve;
  const known = Object.values(stages).reduce((sum, seconds) => sum + seconds, 0);
  return { ...stages, rest: metrics.process_cpu_seconds_total - known, all: metrics.process_cpu_seconds_total };
}

function engineCpu(pid) {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
    const read = (file) => readFileSync(`/proc/${pid}/task/${thread}/${file}`, 'latin1');
    try {
      return [[read('comm'), Number.parseInt(read('schedstat'), 10) / 1e9]];
    } catch {
      // It ended meanwhile.
      return [];
    }
  });
}

/** Of two answers of `cpuByStage`: what came between, in µs per span. */
export function cpuPerSpan(before, after, spans) {
  const entries = Object.entries(after).map(([stage, seconds]) => [stage, ((seconds - before[stage]) * 1e6) / spans]);
  return Object.fromEntries(entries.map(([stage, micros]) => [stage, Number(micros.toFixed(2))]));
}
