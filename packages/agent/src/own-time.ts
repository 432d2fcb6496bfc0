/**
 * How much of the program's time the agent takes, as it sees itself: the time inside `guard()`, behind which
 * all of its code runs. Measured only where a report or a budget asks for it, and cheaply then:
 *
 * - Entries on the program's path are many and short. A sample of them is timed, two a millisecond or one in
 *   sixteen, and counts for all. The gaps are random: requests come in a rhythm that a fixed step would fall into.
 * - The exporter's and the module hooks' are few and long: each is timed, and left out of an entry around it.
 *
 * What this does not see is estimated, see {@link wholeCost}.
 */
const largestWeight = 16;
/** How often the weight follows the number of calls. */
const periodMs = 100;
const samplesPerMs = 2;

/**
 * What a span costs beside the time inside of the guards, as a multiple of that: allocation that is collected later,
 * cold caches, wrappers, the asynchronous context, which Node keeps by itself from 24 on and by hooks before. Found
 * by bench/own-time, which compares with the CPU time of a program that runs without the agent.
 */
export const wholeCost: number = Number(process.versions.node.split('.')[0]) >= 24 ? 3 : 4;

/** By the environment, since the guards of a module are made as it loads. */
export const measuresOwnTime: boolean = isOn(process.env.SIGHTLINE_REPORT) || isOn(process.env.SIGHTLINE_MAX_CPU);

function isOn(text: string | undefined): boolean {
  const value = text?.trim().toLowerCase() ?? '';
  return value !== '' && value !== '0' && value !== 'false';
}

/** Taken before the program's tests can put fake clocks in their place. Where nothing measures, `performance` stays unloaded. */
const nowMs: () => number = measuresOwnTime ? performance.now.bind(performance) : () => 0;

/** This is among the first files of the agent to be evaluated. */
const loadedMs = nowMs();
let startMs = 0;
let sampledMs = 0;
let exactMs = 0;
let isInside = false;
let isExact = false;
/** How many calls a sample stands for, and when the next is due. */
let weight = 1;
let untilSample = 1;
let gap = 1;
let callsInPeriod = 0;
let periodFrom = loadedMs;
/** Of the sample at hand; 0 where there is none. */
let sampleFrom = 0;
let exactBefore = 0;
const clockMs = clockCostMs();

/** Since the agent began to load, in milliseconds; 0 where nothing measures. */
export function ownTimeMs(): number {
  return sampledMs * wholeCost + exactMs;
}

/** At the end of the agent's start, which stands behind no guard. */
export function countStart(): void {
  startMs = nowMs() - loadedMs;
  exactMs += startMs;
}

/** What the agent's start took, in milliseconds. */
export function startTimeMs(): number {
  return startMs;
}

/**
 * Stands before the work of an entry. With `leaveEntry` it takes 20 ns, the clock of the sample included, where
 * calls come by the hundred thousand (Node 20 and 24).
 * @returns whether {@link leaveEntry} has to follow; false inside of another entry, whose part this is
 */
export function enterEntry(): boolean {
  if (isInside) return false;
  isInside = true;
  if (--untilSample <= 0) {
    exactBefore = exactMs;
    sampleFrom = nowMs();
  }
  return true;
}

export function leaveEntry(): void {
  isInside = false;
  if (sampleFrom === 0) return;
  addSample(nowMs() - sampleFrom - clockMs - (exactMs - exactBefore));
  chooseNext(sampleFrom);
  sampleFrom = 0;
}

/** A call of microseconds that took much longer was interrupted by the system: sixteen times of that would be nonsense. */
function addSample(elapsedMs: number): void {
  if (elapsedMs > 0) sampledMs += Math.min(elapsedMs * weight, Math.max(1, 0.1 * weight));
}

/** The gap is `weight` on average, between 1 and nearly twice of it. */
function chooseNext(atMs: number): void {
  callsInPeriod += gap;
  if (atMs - periodFrom >= periodMs) {
    weight = Math.max(1, Math.min(largestWeight, Math.round(callsInPeriod / (atMs - periodFrom) / samplesPerMs)));
    callsInPeriod = 0;
    periodFrom = atMs;
  }
  gap = 1 + Math.floor(Math.random() * (2 * weight - 1));
  untilSample = gap;
}

/** For what is done seldom, or takes long. Costs nothing where nothing measures. */
export function timeExactly<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => R {
  if (!measuresOwnTime) return fn;
  return (...args: A): R => {
    if (isExact) return fn(...args);
    const wasInside = isInside;
    isInside = true;
    isExact = true;
    const from = nowMs();
    try {
      return fn(...args);
    } finally {
      exactMs += nowMs() - from;
      isExact = false;
      isInside = wasInside;
    }
  };
}

/** What reading the clock adds to each sample. */
function clockCostMs(): number {
  if (!measuresOwnTime) return 0;
  let least = 1;
  for (let i = 0; i < 200; i++) least = Math.min(least, -nowMs() + nowMs());
  return least;
}
