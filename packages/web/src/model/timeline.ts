/** The waterfall's and minimap's geometry: nanoseconds since the trace's start ⇄ pixels. */

/** The stretch of time that shows. */
export interface TimeWindow {
  readonly start: number;
  readonly end: number;
}

export interface Tick {
  readonly at: number;
  readonly label: string;
}

const shortestWindowNano = 100;

export function fullWindow(durationNano: number): TimeWindow {
  return { start: 0, end: Math.max(durationNano, 1) };
}

export function isFullWindow(window: TimeWindow, durationNano: number): boolean {
  return window.start <= 0 && window.end >= durationNano;
}

export function toPixel(at: number, window: TimeWindow, width: number): number {
  return ((at - window.start) / (window.end - window.start)) * width;
}

export function toTime(pixel: number, window: TimeWindow, width: number): number {
  return window.start + (pixel / Math.max(width, 1)) * (window.end - window.start);
}

/** From two times in any order; never empty, never outside the trace. */
export function windowBetween(a: number, b: number, durationNano: number): TimeWindow {
  const full = fullWindow(durationNano);
  const length = Math.min(Math.max(Math.abs(b - a), shortestWindowNano), full.end);
  const start = Math.min(Math.max(Math.min(a, b), 0), full.end - length);
  return { start, end: start + length };
}

/** A factor below 1 zooms in. `at` keeps its place on the screen. */
export function zoomAround(window: TimeWindow, at: number, factor: number, durationNano: number): TimeWindow {
  const length = Math.min(
    Math.max((window.end - window.start) * factor, shortestWindowNano),
    fullWindow(durationNano).end,
  );
  const share = (at - window.start) / (window.end - window.start);
  const start = at - share * length;
  return keepInside({ start, end: start + length }, durationNano);
}

export function panBy(window: TimeWindow, byNano: number, durationNano: number): TimeWindow {
  return keepInside({ start: window.start + byNano, end: window.end + byNano }, durationNano);
}

/** A window in which a span has some air on both sides. */
export function windowOnto(span: { start: number; end: number }, durationNano: number): TimeWindow {
  const air = Math.max((span.end - span.start) * 0.08, shortestWindowNano / 2);
  return keepInside({ start: span.start - air, end: span.end + air }, durationNano);
}

function keepInside(window: TimeWindow, durationNano: number): TimeWindow {
  const full = fullWindow(durationNano);
  const length = Math.min(window.end - window.start, full.end);
  const start = Math.min(Math.max(window.start, 0), full.end - length);
  return { start, end: start + length };
}

/** Round times at least `gap` pixels apart. */
export function ticks(window: TimeWindow, width: number, gap = 96): Tick[] {
  const length = window.end - window.start;
  const step = niceStep((length / Math.max(width, 1)) * gap);
  const list: Tick[] = [];
  for (let n = Math.ceil(window.start / step); n * step <= window.end; n++) {
    list.push({ at: n * step, label: tickLabel(n * step, step) });
  }
  return list;
}

/** The round length of time at or above this one. */
export function niceStep(atLeast: number): number {
  const minute = 60e9;
  if (atLeast > 20e9) {
    const steps = [30e9, minute, 2 * minute, 5 * minute, 10 * minute, 30 * minute, 60 * minute];
    return steps.find((step) => step >= atLeast) ?? Math.ceil(atLeast / (60 * minute)) * 60 * minute;
  }
  const power = 10 ** Math.floor(Math.log10(Math.max(atLeast, 1)));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= atLeast) ?? 10;
  return Math.max(1, factor * power);
}

/** The unit follows the step's size, so that neighbours differ in few digits: 1.2 s, 1.4 s, … */
function tickLabel(at: number, step: number): string {
  if (at === 0) return '0';
  if (step >= 30e9) {
    const seconds = Math.round(at / 1e9);
    return seconds % 60 === 0 ? `${seconds / 60} m` : `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
  }
  const [unit, size] =
    at >= 1e9
      ? (['s', 1e9] as const)
      : at >= 1e6
        ? (['ms', 1e6] as const)
        : at >= 1e3
          ? (['µs', 1e3] as const)
          : (['ns', 1] as const);
  const decimals = Math.max(0, Math.ceil(Math.log10(size / step) - 1e-9));
  return `${(at / size).toFixed(decimals)} ${unit}`;
}
