import type { SpanSet, TracesData } from '@sightline/wire';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { search } from './search.ts';
import { parseSearch } from './search-query.ts';
import { openStoreFixture } from './store.fixture.ts';
import type { SpansetQuery } from './traceql/ast.ts';
import { evaluateSearch } from './traceql/evaluate.fixture.ts';
import { parseQuery } from './traceql/parse.ts';
import { toAnyValue, type Value } from './traceql/span-values.ts';
import { modelTraces } from './traceql/trace-model.fixture.ts';
import { searchArbitrary } from './traceql/traceql-arbitrary.fixture.ts';
import { tracesArbitrary } from './traceql/traces-arbitrary.fixture.ts';

const everything = parseSearch({ start: '0', end: '2100-01-01T00:00:00Z', limit: 1000 });
const isLong = process.env.SIGHTLINE_E2E === 'long';
const [storeCount, queriesPerStore] = isLong ? [25, 400] : [2, 250];

test(
  'a search by a query finds what the naive evaluator finds, in the same spansets',
  async () => {
    let hits = 0;
    for (let seed = 1; seed <= storeCount; seed++) {
      await withTraces(someTraces(seed), async (compared) => {
        await fc.assert(
          fc.asyncProperty(searchArbitrary, async (query) => {
            hits += (await compared(query)) > 0 ? 1 : 0;
          }),
          { numRuns: queriesPerStore, seed },
        );
      });
    }
    expect(hits).toBeGreaterThan((storeCount * queriesPerStore) / 4);
  },
  isLong ? 3_600_000 : 120_000,
);

test('every comparison with every kind of number', async () => {
  const numbers = ['0', '0.0', '200', '200.0', '2.5', '-1.5', '1e30', '200ns', '9223372036854775807'];
  const fields = ['.number', 'span.large', '.any', 'duration'];
  const operators = ['=', '!=', '<', '<=', '>', '>='];
  await withTraces(someTraces(1), async (compared) => {
    let hits = 0;
    for (const field of fields) {
      for (const operator of operators) {
        for (const number of numbers) {
          hits += await compared(parseQuery(`{ ${field} ${operator} ${number} }`) as SpansetQuery);
        }
      }
    }
    expect(hits).toBeGreaterThan(0);
  });
}, 60_000);

test('what is rare leads to what is common, on either side', async () => {
  const traceCount = 2_500;
  const startNano = 1_790_000_000_000_000_000n;
  const spans = Array.from({ length: traceCount }, (_, i) => {
    const traceId = (i + 1).toString(16).padStart(32, '0');
    const startTimeUnixNano = String(startNano + BigInt(i));
    const isRare = i % 1000 === 7;
    const outer = { traceId, spanId: '000000000000000a', name: isRare ? 'rare' : 'outer', startTimeUnixNano };
    const inner = { traceId, spanId: '000000000000000b', name: 'common', startTimeUnixNano };
    return [outer, { ...inner, parentSpanId: outer.spanId }].map((span) => ({
      ...span,
      endTimeUnixNano: startTimeUnixNano,
    }));
  });
  const traces = { resourceSpans: [{ scopeSpans: [{ spans: spans.flat() }] }] };
  await withTraces(traces, async (compared, asked) => {
    const found: number[] = [];
    for (const query of ['{ name = "rare" } >> { name = "common" }', '{ name = "common" } < { name = "rare" }']) {
      found.push(await compared(parseQuery(query) as SpansetQuery));
    }
    expect(found).toEqual([3, 3]);
    // And not by going through the 2,500 a part after the other.
    expect(asked()).toBeLessThan(20);
  });
}, 60_000);

/** @param compare is given what asks both, and gives how many traces they find; and what says how often the store was asked */
async function withTraces(
  traces: TracesData,
  compare: (compared: (query: SpansetQuery) => Promise<number>, asked: () => number) => Promise<void>,
): Promise<void> {
  const fixture = await openStoreFixture();
  try {
    await fixture.insert(traces);
    const model = modelTraces(traces);
    const questions = vi.spyOn(fixture.store, 'query');
    await compare(
      async (query) => {
        const expected = evaluateSearch(query, model);
        const traceql = { text: '', pipeline: query.pipeline, spansPerSpanSet: 100 };
        const found = await search(fixture.store, { ...everything, traceql });
        const byTrace = found.traces.map(({ traceId, spanSets = [] }) => [traceId, spanSets.map(written).sort()]);
        expect(Object.fromEntries(byTrace)).toEqual(
          Object.fromEntries(expected.map(({ traceId, spansets }) => [traceId, spansets.map(expectedSet).sort()])),
        );
        return expected.length;
      },
      () => questions.mock.calls.length,
    );
  } finally {
    await fixture.remove();
  }
}

/** Several generated stores in one: ids of all but the first are made others, so that they do not meet. */
function someTraces(seed: number): TracesData {
  const samples = fc.sample(tracesArbitrary, { numRuns: 12, seed });
  return {
    resourceSpans: samples.flatMap((sample, index) =>
      sample.resourceSpans.map((resource) => ({
        ...resource,
        scopeSpans: resource.scopeSpans.map((scope) => ({
          ...scope,
          spans: scope.spans.map((span) => ({
            ...span,
            traceId: index === 0 ? span.traceId : `${String(index).padStart(8, 'e')}${span.traceId.slice(8)}`,
          })),
        })),
      })),
    ),
  };
}

function written({ attributes = [], matchedSpanCount, spans }: SpanSet): string {
  expect(spans).toHaveLength(matchedSpanCount);
  return JSON.stringify([attributes, spans.map(({ spanId, startUnixNano, name }) => [startUnixNano, spanId, name])]);
}

function expectedSet({ attributes, spans }: ReturnType<typeof evaluateSearch>[number]['spansets'][number]): string {
  const named = attributes.map(({ name, value }) => ({ key: name, value: value ? toAnyValue(value as Value) : {} }));
  return JSON.stringify([named, spans.map(({ span }) => [span.startTimeUnixNano, span.spanId, span.name])]);
}
