/**
 * Times with nanosecond digits that never run backwards within a trace: the monotonic clock,
 * anchored to the epoch. The wall clock may be stepped (NTP, a laptop that slept), so the anchor is
 * compared with it once a second when a trace begins; spans inside a trace keep the anchor of
 * their parent, so that a step never reorders them.
 *
 * An instant is seconds since 1970 and nanoseconds within the second: two exact integers, where
 * one double would lose digits and a bigint would cost an allocation each.
 */
import { types } from 'node:util';
import type { TimeInput } from '@opentelemetry/api';
import { builtin } from '../builtin.ts';

const wallClockMs = Date.now;

/** A difference below this is scheduling noise and the wall clock's whole milliseconds. */
const stepMs = 10;
const checkEveryMs = 1_000;

/** The epoch time at which `performance.now()` was 0. */
export class ClockAnchor {
  readonly seconds: number;
  readonly nanos: number;

  constructor(epochMs: number) {
    this.seconds = Math.floor(epochMs / 1_000);
    this.nanos = Math.round((epochMs - this.seconds * 1_000) * 1e6);
  }

  get epochMs(): number {
    return this.seconds * 1_000 + this.nanos / 1e6;
  }
}

/** Undefined until the first span, see {@link startClock}. */
let anchor: ClockAnchor | undefined;
let monotonicMs: () => number;
let checkedAtMs = 0;

/** What {@link readRelative} takes: milliseconds of the monotonic clock. Reading it takes 35 ns, so a span does it twice only. */
export function clockMs(): number {
  if (anchor === undefined) startClock();
  return monotonicMs();
}

/**
 * Loading `performance` is 1 to 2 ms of a start, so it waits for the first span. By then the program's tests may have
 * put fake clocks in its place, or into it: what they leave alone is its prototype.
 */
function startClock(): void {
  const { performance } = builtin<typeof import('node:perf_hooks')>('node:perf_hooks');
  const prototype = Object.getPrototypeOf(performance) as typeof performance;
  monotonicMs = prototype.now.bind(performance);
  checkedAtMs = monotonicMs();
  anchor = new ClockAnchor(Reflect.get(prototype, 'timeOrigin', performance));
}

/**
 * The anchor for a new trace.
 * @param nowMs by {@link clockMs}
 */
export function currentAnchor(nowMs: number = clockMs()): ClockAnchor {
  if (nowMs - checkedAtMs >= checkEveryMs) followWallClock(nowMs);
  return anchor as ClockAnchor;
}

function followWallClock(nowMs: number): void {
  const wallMs = wallClockMs();
  if (clockMs() - nowMs > 1) return; // interrupted between the two readings: compare next time
  checkedAtMs = nowMs;
  const { epochMs } = anchor as ClockAnchor;
  if (Math.abs(wallMs - (epochMs + nowMs)) > stepMs) anchor = new ClockAnchor(wallMs - nowMs);
}

/** Holds what {@link readClock} and {@link readTimeInput} found, until the next call: no allocation. */
export const instant: { seconds: number; nanos: number } = { seconds: 0, nanos: 0 };

export function readClock(from: ClockAnchor): void {
  readRelative(from, clockMs());
}

/**
 * Reads every form that the API takes: an hrtime since 1970, a Date, epoch milliseconds, or a
 * value of `performance.now()` (a number no later than now is one). Anything else means now.
 */
export function readTimeInput(from: ClockAnchor, time: TimeInput | undefined): void {
  if (time === undefined) readClock(from);
  else if (typeof time === 'number' && Number.isFinite(time)) {
    if (time <= clockMs()) readRelative(from, time);
    else setEpochMs(time);
  } else if (types.isDate(time) && Number.isFinite(time.getTime())) setEpochMs(time.getTime());
  else if (isHrTime(time)) setInstant(time[0], time[1]);
  else readClock(from);
}

/** Whether the API would take the value as a time; a Date or hrtime that is broken counts too. */
export function isTimeInput(value: unknown): value is TimeInput {
  return typeof value === 'number' || types.isDate(value) || isHrTime(value);
}

/**
 * Writes the instant as OTLP has it: nanoseconds since 1970, fixed64, little endian. The low word
 * is exact by 32-bit multiplication; the double is off by 128 at most, far from the rounding of the high word.
 */
export function writeUnixNano(target: Uint8Array, at: number, seconds: number, nanos: number): void {
  const low = (Math.imul(seconds, 1e9) + nanos) >>> 0;
  const high = Math.round((seconds * 1e9 + nanos - low) / 0x1_0000_0000);
  target[at] = low;
  target[at + 1] = low >>> 8;
  target[at + 2] = low >>> 16;
  target[at + 3] = low >>> 24;
  target[at + 4] = high;
  target[at + 5] = high >>> 8;
  target[at + 6] = high >>> 16;
  target[at + 7] = high >>> 24;
}

function isHrTime(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && Number.isFinite(value[0]) && Number.isFinite(value[1]);
}

function setEpochMs(epochMs: number): void {
  const seconds = Math.floor(epochMs / 1_000);
  setInstant(seconds, Math.round((epochMs - seconds * 1_000) * 1e6));
}

/** @param relativeMs by {@link clockMs} */
export function readRelative(from: ClockAnchor, relativeMs: number): void {
  const seconds = Math.floor(relativeMs / 1_000);
  setInstant(from.seconds + seconds, from.nanos + Math.round((relativeMs - seconds * 1_000) * 1e6));
}

/** Times before 1970 cannot be sent: they become 1970. */
function setInstant(seconds: number, nanos: number): void {
  const carry = Math.floor(nanos / 1e9);
  instant.seconds = Math.floor(seconds) + carry;
  instant.nanos = Math.floor(nanos - carry * 1e9);
  if (instant.seconds >= 0) return;
  instant.seconds = 0;
  instant.nanos = 0;
}
