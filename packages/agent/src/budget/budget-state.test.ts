import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BudgetState, leastRatio, nextState, unlimited } from './budget-state.ts';

/** A program whose agent takes `fixed` whatever it does, and `perTrace` for what it keeps, in parts of the budget. */
function run(state: BudgetState, fixed: number, perTrace: number, seconds: number, beganTraces = true): BudgetState {
  let at = state;
  for (let i = 0; i < seconds; i++) at = nextState(at, loadOf(at, fixed, perTrace), beganTraces);
  return at;
}

function loadOf({ ratio }: BudgetState, fixed: number, perTrace: number): number {
  return fixed + perTrace * ratio;
}

test('within the budget nothing changes', () => {
  expect(run(unlimited, 0.2, 0.7, 20)).toEqual(unlimited);
});

test('above it, details go first, then traces', () => {
  const first = nextState(unlimited, 3, true);
  expect(first).toMatchObject({ detail: 'reduced', ratio: 1 });
  expect(nextState(first, 3, true)).toMatchObject({ detail: 'reduced', ratio: 0.9 / 3 });
});

test('it settles just below the budget, and stays there', () => {
  const settled = run(unlimited, 0.3, 8, 30);
  expect(loadOf(settled, 0.3, 8)).toBeGreaterThan(0.6);
  expect(loadOf(settled, 0.3, 8)).toBeLessThanOrEqual(1);
  expect(run(settled, 0.3, 8, 10)).toEqual(settled);
});

test('when the load falls, all comes back within half a minute', () => {
  const settled = run(unlimited, 0.3, 50, 30);
  expect(settled.ratio).toBeLessThan(0.05);
  expect(run(settled, 0.01, 0.1, 20)).toEqual(unlimited);
});

test('details stay away as long as they might be what is too much', () => {
  const reduced = nextState(unlimited, 1.2, true);
  expect(run(reduced, 0, 0.7, 60)).toMatchObject({ detail: 'reduced', ratio: 1 });
});

test('a service that only continues the traces of others may take twice its budget, but no more', () => {
  const within = run(unlimited, 0, 1.8, 30, false);
  expect(within).toMatchObject({ detail: 'reduced', ratio: 1, includesCallers: false });
  const beyond = run(unlimited, 0, 4, 30, false);
  expect(beyond).toMatchObject({ includesCallers: true });
  expect(loadOf(beyond, 0, 4)).toBeLessThanOrEqual(1);
  expect(run(beyond, 0, 0.1, 30, false)).toEqual(unlimited);
});

test('whatever is measured, the ratio stays between its least and 1', () => {
  const load = fc.double({ min: 0, max: 1_000, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(load, fc.boolean()), { maxLength: 100 }), (seconds) => {
      let state = unlimited;
      for (const [measured, beganTraces] of seconds) {
        state = nextState(state, measured, beganTraces);
        expect(state.ratio).toBeGreaterThanOrEqual(leastRatio);
        expect(state.ratio).toBeLessThanOrEqual(1);
        if (state.ratio < 1) expect(state.detail).toBe('reduced');
      }
    }),
  );
});
