/** A heat map's cells from the answer to `… | histogram_over_time(duration)`, and the area that is brushed over. */
import { formatDuration, type KeyValue, type MetricsResponse } from '@sightline/wire';
import { unixNanoToMs } from './time-text.ts';

export interface HeatMap {
  readonly startMs: number;
  readonly stepMs: number;
  readonly columns: number;
  /** The shortest durations first, each above `low` and up to `high`; without a hole between them. */
  readonly rows: readonly HeatRow[];
  /** Of the fullest cell. */
  readonly max: number;
}

export interface HeatRow {
  readonly lowNano: number;
  readonly highNano: number;
  /** Spans, one number per column. */
  readonly counts: readonly number[];
}

/** Buckets hold durations above half of their label and up to it. */
const bucketFactor = 2;

export function heatMapOf({ startUnixNano, stepNano, series }: MetricsResponse): HeatMap {
  const byBucket = new Map(series.map(({ labels, values }) => [bucketNano(labels), values.map((value) => value ?? 0)]));
  const filled = [...byBucket.keys()].filter((nano) => nano > 0).sort((a, b) => a - b);
  const columns = series[0]?.values.length ?? 0;
  const rows: HeatRow[] = [];
  for (let nano = filled[0] ?? 0; filled.length > 0 && nano <= (filled.at(-1) ?? 0) * 1.01; nano *= bucketFactor) {
    const counts = byBucket.get(filled.find((known) => Math.abs(known / nano - 1) < 0.01) ?? nano);
    rows.push({ lowNano: nano / bucketFactor, highNano: nano, counts: counts ?? new Array<number>(columns).fill(0) });
  }
  return {
    startMs: unixNanoToMs(startUnixNano),
    stepMs: Number(stepNano) / 1e6,
    columns,
    rows,
    max: rows.reduce((max, { counts }) => Math.max(max, ...counts), 0),
  };
}

/** The label `__bucket` is in seconds. */
function bucketNano(labels: readonly KeyValue[]): number {
  const value = labels.find(({ key }) => key === '__bucket')?.value;
  return Number(value?.doubleValue ?? value?.intValue ?? value?.stringValue ?? Number.NaN) * 1e9;
}

export interface Cell {
  readonly column: number;
  readonly row: number;
}

/** Two corners, in any order, both inside. */
export interface HeatArea {
  readonly from: Cell;
  readonly to: Cell;
}

export interface HeatSelection {
  readonly fromMs: number;
  readonly toMs: number;
  /** As TraceQL writes durations; absent where the area reaches to the map's edge. */
  readonly min?: string;
  readonly max?: string;
}

export function selectionOf(map: HeatMap, { from, to }: HeatArea): HeatSelection {
  const [left, right] = ordered(from.column, to.column);
  const [bottom, top] = ordered(from.row, to.row);
  const [lowest, highest] = [map.rows[bottom], map.rows[top]];
  return {
    fromMs: map.startMs + left * map.stepMs,
    toMs: map.startMs + (right + 1) * map.stepMs,
    ...(lowest && bottom > 0 && { min: durationLiteral(lowest.lowNano, Math.floor) }),
    ...(highest && top < map.rows.length - 1 && { max: durationLiteral(highest.highNano, Math.ceil) }),
  };
}

function ordered(a: number, b: number): [number, number] {
  return a < b ? [a, b] : [b, a];
}

/** `1.04ms`: three digits, rounded so that nothing of the area is lost. */
export function durationLiteral(nano: number, round: (number: number) => number): string {
  const [unit, size] = nano >= 1e9 ? ['s', 1e9] : nano >= 1e6 ? ['ms', 1e6] : nano >= 1e3 ? ['us', 1e3] : ['ns', 1];
  const inUnit = nano / size;
  const digits = 10 ** Math.max(0, 2 - Math.floor(Math.log10(Math.max(inUnit, 1))));
  return `${round(inUnit * digits - (round === Math.ceil ? 1e-9 : -1e-9)) / digits}${unit}`;
}

/** `14:05:00, 65.5 ms to 131 ms: 34 spans` without the time. */
export function rowText({ lowNano, highNano }: HeatRow): string {
  return `${formatDuration(BigInt(Math.round(lowNano)))} to ${formatDuration(BigInt(Math.round(highNano)))}`;
}

/** Where cells stand: the plot's inner area, in pixels. */
export interface HeatPlace {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The cell at a point; at its edge, the nearest. */
export function cellAt({ columns, rows }: HeatMap, place: HeatPlace, x: number, y: number): Cell {
  const column = Math.floor(((x - place.left) / place.width) * columns);
  const row = Math.floor((1 - (y - place.top) / place.height) * rows.length);
  return { column: within(column, columns), row: within(row, rows.length) };
}

export function movedCell({ columns, rows }: HeatMap, { column, row }: Cell, right: number, up: number): Cell {
  return { column: within(column + right, columns), row: within(row + up, rows.length) };
}

function within(index: number, count: number): number {
  return Math.min(Math.max(index, 0), Math.max(count - 1, 0));
}

/** From the corner at the top left. */
export function boxOf({ columns, rows }: HeatMap, place: HeatPlace, { from, to }: HeatArea): HeatPlace {
  const [left, right] = ordered(from.column, to.column);
  const [bottom, top] = ordered(from.row, to.row);
  const [width, height] = [place.width / Math.max(columns, 1), place.height / Math.max(rows.length, 1)];
  return {
    left: place.left + left * width,
    top: place.top + (rows.length - 1 - top) * height,
    width: (right - left + 1) * width,
    height: (top - bottom + 1) * height,
  };
}
