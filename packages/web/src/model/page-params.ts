/** The state of the services pages and of the map, which is their URL. What is wrong is dropped. */
import { type ServiceSort, serviceSorts } from './service-rows.ts';
import { readRange, type TimeRange } from './time-range.ts';

export interface ServicesState extends TimeRange {
  sort?: ServiceSort;
  /** From the other end. */
  reversed?: true;
}

export const defaultSort: ServiceSort = 'rate';

export function readServicesState(raw: Record<string, unknown>): ServicesState {
  const sort = serviceSorts.find((known) => known === raw.sort && known !== defaultSort);
  return { ...readRange(raw), ...(sort && { sort }), ...(isTrue(raw.reversed) && { reversed: true }) };
}

/** A click on a column's head: sorts by it, and the second click turns it around. */
export function sortedBy(state: ServicesState, sort: ServiceSort): ServicesState {
  const { sort: before = defaultSort, reversed, ...rest } = state;
  const turned = before === sort && !reversed;
  return { ...rest, ...(sort !== defaultSort && { sort }), ...(turned && { reversed: true }) };
}

export interface MapState extends TimeRange {
  /** The service whose neighbours alone are shown. */
  focus?: string;
  /** How many calls away neighbours may be. */
  hops?: 2;
  /** Services with little traffic are shown, too. */
  all?: true;
}

export function readMapState(raw: Record<string, unknown>): MapState {
  const focus = typeof raw.focus === 'string' && raw.focus !== '' ? raw.focus : undefined;
  return {
    ...readRange(raw),
    ...(focus && { focus }),
    ...(focus && String(raw.hops) === '2' && { hops: 2 }),
    ...(isTrue(raw.all) && { all: true }),
  };
}

function isTrue(value: unknown): boolean {
  return value === 'true' || value === true;
}
