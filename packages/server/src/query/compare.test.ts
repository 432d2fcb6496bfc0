import type { KeyValue, TracesData } from '@sightline/wire';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compareBySql } from './compare-by-sql.ts';
import type { Window } from './metrics-query.ts';
import { prepareSearch } from './prepare-search.ts';
import { openStoreFixture, type StoreFixture } from './store.fixture.ts';
import type { Tally } from './tallies.ts';
import type { Compare, MetricsPipeline, MetricsQuery } from './traceql/ast.ts';
import { conditionSql } from './traceql/condition-sql.ts';
import { fieldsOf } from './traceql/fields.ts';
import { parseQuery } from './traceql/parse.ts';

let stored: StoreFixture;
beforeEach(async () => {
  stored = await openStoreFixture();
});
afterEach(() => stored.remove());

const start = 1_790_000_000_000_000_000n;
const minute = 60_000_000_000n;
const window: Window = {
  range: { startUnixNano: start, endUnixNano: start + 3n * minute - 1n },
  startUnixNano: start,
  stepNano: minute,
  stepCount: 3,
};

const text = (key: string, value: string): KeyValue => ({ key, value: { stringValue: value } });
const number = (key: string, value: number): KeyValue => ({ key, value: { intValue: String(value) } });

/** One span, the root of a trace of its own, in each of the minutes. */
function spansOf(spans: readonly { name?: string; minutes: readonly number[]; attributes: KeyValue[] }[]): TracesData {
  const all = spans.flatMap(({ name = 'GET /', minutes, attributes }) =>
    minutes.map((at) => ({ name, at, attributes })),
  );
  return {
    resourceSpans: [
      {
        resource: { attributes: [text('service.name', 'shop')] },
        scopeSpans: [
          {
            spans: all.map(({ name, at, attributes }, index) => ({
              traceId: (index + 1).toString(16).padStart(32, '0'),
              spanId: (index + 1).toString(16).padStart(16, '0'),
              name,
              kind: 2,
              startTimeUnixNano: String(start + BigInt(at) * minute),
              endTimeUnixNano: String(start + BigInt(at) * minute + 5n),
              attributes,
            })),
          },
        ],
      },
    ],
  };
}

async function compared(query: string, tracesPerPart?: number): Promise<Tally[]> {
  const { pipeline, aggregate } = (parseQuery(query) as MetricsQuery).expression as MetricsPipeline;
  const { selection } = aggregate as Compare;
  const conditions = { attributes: [] };
  const search = await prepareSearch(
    stored.store,
    {
      conditions,
      traceql: { text: query, pipeline, spansPerSpanSet: 0 },
      range: window.range,
      limit: 1,
      order: 'newest',
    },
    fieldsOf(selection.condition),
  );
  const { sql } = conditionSql(selection.condition, search);
  return compareBySql(search, aggregate as Compare, sql, window, tracesPerPart);
}

/** Of the spans that are not selected: value and counts. */
function baselineOf(tallies: readonly Tally[], wanted: string): [value: unknown, counts: number[]][] {
  return tallies
    .filter(({ isSelected, key }) => !isSelected && key === wanted)
    .map(({ value, counts }) => [value && 'value' in value ? value.value : undefined, counts]);
}

test('of a key, the most frequent values of any type are told, and the total is of all', async () => {
  await stored.insert(
    spansOf([
      { minutes: [0, 0, 2], attributes: [text('size', '1')] },
      { minutes: [1, 2], attributes: [number('size', 1)] },
      { minutes: [1], attributes: [text('size', '7'), text('colour', '1')] },
      { minutes: [0, 1, 2, 2], attributes: [text('colour', 'red')] },
      { minutes: [2, 2], attributes: [text('colour', 'blue')] },
    ]),
  );

  const tallies = await compared('{ } | compare({ name = "none" }, 2)');

  expect(baselineOf(tallies, 'span.size')).toEqual([
    ['1', [2, 0, 1]],
    [1n, [0, 1, 1]],
    [undefined, [2, 2, 2]],
  ]);
  // '1' is frequent, too, but as a size.
  expect(baselineOf(tallies, 'span.colour')).toEqual([
    ['red', [1, 1, 2]],
    ['blue', [0, 0, 2]],
    [undefined, [1, 2, 4]],
  ]);
});

test('what is selected has frequent values of its own', async () => {
  await stored.insert(
    spansOf([
      { minutes: [0, 1, 2], attributes: [text('zone', 'a')] },
      { name: 'slow', minutes: [1, 1], attributes: [text('zone', 'b')] },
      { name: 'slow', minutes: [2], attributes: [text('zone', 'a')] },
    ]),
  );

  const tallies = await compared('{ } | compare({ name = "slow" }, 1)');

  expect(baselineOf(tallies, 'span.zone')).toEqual([
    ['a', [1, 1, 1]],
    [undefined, [1, 1, 1]],
  ]);
  const selected = tallies.filter(({ isSelected, key }) => isSelected && key === 'span.zone');
  expect(selected.map(({ counts }) => counts)).toEqual([
    [0, 2, 0],
    [0, 2, 1],
  ]);
});

test('roots have the same names whether their traces are looked up at once or in parts', async () => {
  await stored.insert(
    spansOf(['GET /', 'GET /cart', 'POST /pay'].map((name) => ({ name, minutes: [0, 1, 1, 2, 2, 2], attributes: [] }))),
  );
  const query = '{ } | compare({ name = "GET /cart" })';

  const atOnce = await compared(query);

  expect(baselineOf(atOnce, 'rootName')).toEqual([
    ['GET /', [1, 2, 3]],
    ['POST /pay', [1, 2, 3]],
    [undefined, [2, 4, 6]],
  ]);
  const sorted = (tallies: readonly Tally[]): string[] =>
    tallies
      .map(({ isSelected, key, value, counts }) =>
        JSON.stringify([isSelected, key, value && 'value' in value ? String(value.value) : '', counts]),
      )
      .sort();
  expect(sorted(await compared(query, 2))).toEqual(sorted(atOnce));
});
