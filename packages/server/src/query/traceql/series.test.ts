import fc from 'fast-check';
import { expect, test } from 'vitest';
import { labelsKey, rankSeries, type Series } from './series.ts';

const arbitrarySeries = fc
  .array(fc.array(fc.oneof(fc.constantFrom(null, 0, -1, 2, Number.POSITIVE_INFINITY), fc.double()), { size: 'small' }))
  .map((all) =>
    all.map((values, index): Series => ({ labels: [named(index)], values: [...values, null, null, 1].slice(0, 3) })),
  );

function named(index: number) {
  return { name: 'series', value: { type: 'int' as const, value: BigInt(100 + index) } };
}

test('topk and bottomk keep at each step what sorting would put first', () => {
  fc.assert(
    fc.property(
      arbitrarySeries,
      fc.integer({ min: 1, max: 12 }),
      fc.constantFrom('topk', 'bottomk'),
      (all, limit, kind) => {
        expect(valuesByName(rankSeries(all, kind, limit))).toEqual(valuesByName(sortedOut(all, kind, limit)));
      },
    ),
  );
});

function sortedOut(all: readonly Series[], kind: 'topk' | 'bottomk', limit: number): Series[] {
  const keptAt = [0, 1, 2].map((step) =>
    all
      .map(({ values }, index) => ({ index, value: values[step] ?? Number.NaN }))
      .filter(({ value }) => !Number.isNaN(value))
      .sort((a, b) => (a.value === b.value ? a.index - b.index : a.value < b.value === (kind === 'topk') ? 1 : -1))
      .slice(0, limit)
      .map(({ index }) => index),
  );
  return all
    .map((series, index) => ({
      ...series,
      values: series.values.map((value, step) => (keptAt[step]?.includes(index) ? value : null)),
    }))
    .filter(({ values }) => values.some((value) => value !== null));
}

const valuesByName = (all: readonly Series[]) => all.map(({ labels, values }) => [labelsKey(labels), values]);
