import { expect, test } from 'vitest';
import { newTraceId } from '../tracer/ids.ts';
import { alwaysOff, alwaysOn, parentBased, traceIdRatio } from '../tracer/sampler.ts';
import { BudgetSampler } from './budget-sampler.ts';

const ids = Array.from({ length: 20_000 }, newTraceId);

function kept(sampler: BudgetSampler, parentSampled?: boolean, parentIsRemote?: boolean): number {
  return ids.filter((id) => sampler.isSampled(id, parentSampled, parentIsRemote)).length / ids.length;
}

test('without a limit, and without need, it decides as what was configured', () => {
  expect(kept(new BudgetSampler(parentBased(alwaysOn)))).toBe(1);
  expect(kept(new BudgetSampler(alwaysOff))).toBe(0);
});

test('keeps the given part of the traces that begin here, and none of those that others begin is harmed', () => {
  const sampler = new BudgetSampler(parentBased(alwaysOn));
  sampler.limit(0.25, false);
  expect(Math.abs(kept(sampler) - 0.25)).toBeLessThan(0.03); // ten standard deviations
  expect(kept(sampler, true, true)).toBe(1);
  expect(kept(sampler, false, true)).toBe(0);
});

test('where it has to, it leaves out those of callers as well, and never a part of a request', () => {
  const sampler = new BudgetSampler(parentBased(alwaysOn));
  sampler.limit(0.25, true);
  expect(Math.abs(kept(sampler, true, true) - 0.25)).toBeLessThan(0.03);
  expect(kept(sampler, true, false)).toBe(1);
});

test('multiplies with a ratio that was configured, and a higher limit keeps all of a lower one', () => {
  const half = new BudgetSampler(parentBased(traceIdRatio(0.5)));
  half.limit(0.5, false);
  expect(Math.abs(kept(half) - 0.25)).toBeLessThan(0.03);
  const more = new BudgetSampler(alwaysOn);
  more.limit(0.6, false);
  for (const id of ids) if (half.isSampled(id, undefined)) expect(more.isSampled(id, undefined)).toBe(true);
});

test('below a trace that it left out nothing is sampled, whatever the configured sampler says', () => {
  expect(kept(new BudgetSampler(alwaysOn), false, false)).toBe(0);
});

test('tells apart what it left out from what was not wanted anyway', () => {
  const sampler = new BudgetSampler(parentBased(alwaysOn));
  sampler.limit(1 / 65_536, false);
  const leftOut = ids.find((id) => !sampler.isSampled(id, undefined)) ?? newTraceId();
  sampler.isSampled(leftOut, undefined);
  expect(sampler.hasLeftOut).toBe(true);
  sampler.isSampled(leftOut, false, true);
  expect(sampler.hasLeftOut).toBe(false);
});
