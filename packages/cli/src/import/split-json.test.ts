import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitJson } from './split-json.ts';

const places = [{ member: 'scopeSpans' }, { member: 'spans' }];

test('all parts together have the elements of the whole, and each has what stands around them', () => {
  const spans = fc.array(fc.record({ name: fc.string(), at: fc.integer() }), { minLength: 1, maxLength: 20 });
  const scopes = fc.array(fc.record({ scope: fc.record({ name: fc.string() }), spans }), {
    minLength: 1,
    maxLength: 5,
  });
  fc.assert(
    fc.property(fc.string(), scopes, fc.integer({ min: 50, max: 2_000 }), (resource, scopeSpans, maxBytes) => {
      const whole = { resource, scopeSpans, schemaUrl: 'u' };
      const parts = splitJson(Buffer.from(JSON.stringify(whole)), places, maxBytes).map(
        (part) => JSON.parse(Buffer.from(part).toString()) as typeof whole,
      );
      const spansOf = (traces: (typeof whole)[]): unknown[] =>
        traces.flatMap((trace) =>
          trace.scopeSpans.flatMap(({ scope, spans }) => spans.map((span) => [trace.resource, scope.name, span])),
        );
      expect(spansOf(parts)).toEqual(spansOf([whole]));
      for (const part of parts) expect(part.schemaUrl).toBe('u');
    }),
  );
});

test('a part is no larger than it has to be', () => {
  const spans = Array.from({ length: 100 }, (_, n) => ({ name: 'x'.repeat(90), n }));
  const whole = Buffer.from(JSON.stringify({ traceID: 'a', spans, processes: { p1: { serviceName: 's' } } }));
  const parts = splitJson(whole, [{ member: 'spans' }], 1_000);
  expect(parts.length).toBeGreaterThan(10);
  for (const part of parts) expect(part.length).toBeLessThan(1_100);
});

test('what is small, or has no such list, stays what it is', () => {
  const small = Buffer.from('{"spans":[1,2]}');
  expect(splitJson(small, [{ member: 'spans' }], 100)).toEqual([small]);
  expect(splitJson(small, [{ member: 'other' }], 1)).toEqual([small]);
  expect(splitJson(Buffer.from('[1,2]'), ['array'], 1).map(String)).toEqual(['[1]', '[2]']);
});
