/** The rows of the services page: one per service, or one per span name of a service. */
import type { ServiceMetrics, ServiceMetricsResponse } from '@sightline/wire';

export interface ServiceRow {
  readonly key: string;
  readonly entry: ServiceMetrics;
  /** Over the whole range. */
  readonly ratePerSecond: number;
  /** 0 to 1. */
  readonly errorShare: number;
  /** Per step. */
  readonly rates: readonly number[];
  /** 0 to 1 per step; null where nothing was called. */
  readonly errorShares: readonly (number | null)[];
}

export type ServiceSort = 'name' | 'rate' | 'errors' | 'p50' | 'p95' | 'p99';
export const serviceSorts: readonly ServiceSort[] = ['name', 'rate', 'errors', 'p50', 'p95', 'p99'];

export function serviceRows({ entries, stepNano }: ServiceMetricsResponse): ServiceRow[] {
  const stepSeconds = Number(stepNano) / 1e9;
  return entries.map((entry) => {
    const seconds = Math.max(entry.calls.length * stepSeconds, 1e-9);
    return {
      key: `${entry.service} ${entry.kind ?? ''} ${entry.name ?? ''}`,
      entry,
      ratePerSecond: entry.spanCount / seconds,
      errorShare: entry.spanCount > 0 ? entry.errorCount / entry.spanCount : 0,
      rates: entry.calls.map((calls) => calls / stepSeconds),
      errorShares: entry.calls.map((calls, n) => (calls > 0 ? (entry.errors[n] ?? 0) / calls : null)),
    };
  });
}

/** Names from A to Z, numbers from the largest down; `ascending` turns that around. */
export function sortRows(rows: readonly ServiceRow[], by: ServiceSort, reversed: boolean): ServiceRow[] {
  const sign = reversed ? -1 : 1;
  return [...rows].sort((a, b) => {
    const order = by === 'name' ? nameOf(a).localeCompare(nameOf(b)) : numberOf(b, by) - numberOf(a, by);
    return sign * order || nameOf(a).localeCompare(nameOf(b));
  });
}

function nameOf({ entry }: ServiceRow): string {
  return entry.name ?? entry.service;
}

function numberOf({ entry, ratePerSecond, errorShare }: ServiceRow, by: Exclude<ServiceSort, 'name'>): number {
  switch (by) {
    case 'rate':
      return ratePerSecond;
    case 'errors':
      return errorShare;
    default:
      return entry[`${by}Nano`];
  }
}
