import { describe, expect, test } from 'vitest';
import { findSpans } from './find.ts';
import { sampleTrace } from './sample-traces.ts';
import { buildTrace } from './trace.ts';
import { collapsedToLevels, revealed, visibleRows } from './visible-rows.ts';

function sample(spanCount: number) {
  const { traceId, data } = sampleTrace({
    seed: 4,
    spanCount,
    startUnixNano: 1_780_000_000_000_000_000n,
    failing: true,
  });
  return buildTrace(traceId, data);
}

const trace = sample(60);
const namesOf = (query: string) => new Set(findSpans(trace, query).map(({ name }) => name));

describe('find', () => {
  test('looks at names, case aside', () => {
    expect(namesOf('select STOCK')).toEqual(new Set(['SELECT stock']));
  });

  test('wants all words, wherever each is', () => {
    const found = findSpans(trace, 'inventory postgresql');
    expect(found.length).toBeGreaterThan(0);
    expect(found.every(({ service, name }) => service === 'inventory' && name === 'SELECT stock')).toBe(true);
  });

  test('takes key=value, and quotes around words that belong together', () => {
    expect(namesOf('code.function.name=rankCandidates')).toEqual(new Set(['rank']));
    expect(namesOf('"from stock left join"')).toEqual(new Set(['SELECT stock']));
    expect(namesOf('db.query.text="select sku, sum"')).toEqual(new Set(['SELECT stock']));
  });

  test('finds errors and what they say', () => {
    const failed = trace.spans.filter(({ isError }) => isError);
    expect(findSpans(trace, 'status=error')).toEqual(failed);
    expect(findSpans(trace, 'ECONNREFUSED')).toEqual(failed);
  });

  test('finds nothing for nothing', () => {
    expect(findSpans(trace, '  ')).toEqual([]);
    expect(findSpans(trace, 'no such words')).toEqual([]);
  });

  test('answers within 300 ms in 10,000 spans once it has read them', () => {
    const large = sample(10_000);
    findSpans(large, 'first');
    const begun = performance.now();
    expect(findSpans(large, 'select stock').length).toBeGreaterThan(100);
    expect(performance.now() - begun).toBeLessThan(300);
  });
});

describe('rows', () => {
  test('a collapsed span hides what is below it, and nothing else', () => {
    const parent = trace.roots[0]?.children.find(({ children }) => children.length > 0);
    if (!parent) throw new Error('the sample has no grandchildren');
    const rows = visibleRows(trace, new Set([parent.key]));
    expect(rows).toHaveLength(trace.spans.length - parent.subtreeSize + 1);
    expect(rows).not.toContain(parent.children[0]);
  });

  test('folding to two levels shows the roots and their children', () => {
    const rows = visibleRows(trace, collapsedToLevels(trace, 2));
    expect(rows).toEqual(trace.spans.filter(({ depth }) => depth < 2));
  });

  test('revealing a span opens all above it, itself left as it is', () => {
    const deep = trace.spans.find(({ depth }) => depth === 3);
    if (!deep) throw new Error('the sample is too shallow');
    const collapsed = collapsedToLevels(trace, 1);
    expect(visibleRows(trace, revealed(collapsed, deep))).toContain(deep);
    expect(revealed(new Set(), deep).size).toBe(0);
  });
});
