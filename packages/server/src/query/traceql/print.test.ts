import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Query } from './ast.ts';
import { parseQuery } from './parse.ts';
import { printQuery } from './print.ts';
import { metricsArbitrary, searchArbitrary } from './traceql-arbitrary.fixture.ts';

test('what is written is read as the same query', () => {
  fc.assert(
    fc.property(fc.oneof<fc.Arbitrary<Query>[]>(searchArbitrary, metricsArbitrary), (query) => {
      expect(unlocated(parseQuery(printQuery(query)))).toEqual(unlocated(query));
    }),
    { numRuns: 300 },
  );
});

/** Without `from` and `to`. */
function unlocated(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(unlocated);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).filter(([key]) => key !== 'from' && key !== 'to');
  return Object.fromEntries(entries.map(([key, value]) => [key, unlocated(value)]));
}
