import fc from 'fast-check';
import { expect, test } from 'vitest';
import { topK } from './series.fixture.ts';
import { rankSeries, type Series } from './series.ts';

const arbitrarySeries = fc
  .array(
    fc.array(fc.oneof(fc.constantFrom(null, 0, -1, 2, Number.POSITIVE_INFINITY, Number.NaN), fc.double()), {
      size: 'small',
    }),
  )
  .map((all) =>
    all.map(
      (values, index): Series => ({
        labels: [{ name: `series-${100 + index}`, value: undefined }],
        values: [...values, null, null, 1].slice(0, 3),
      }),
    ),
  );

test('topk and bottomk keep at each step what sorting would put first', () => {
  fc.assert(
    fc.property(
      arbitrarySeries,
      fc.integer({ min: 1, max: 12 }),
      fc.constantFrom('topk', 'bottomk'),
      (all, limit, kind) => {
        expect(valuesByName(rankSeries(all, kind, limit))).toEqual(
          valuesByName(topK(all, limit, kind === 'topk' ? 1 : -1)),
        );
      },
    ),
  );
});

const valuesByName = (all: readonly { labels: readonly { name: string }[]; values: readonly (number | null)[] }[]) =>
  all.map(({ labels, values }) => [labels[0]?.name, values]);
