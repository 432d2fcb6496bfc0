import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyTraces } from '../../../wire/src/otlp-arbitrary.fixture.ts';
import { spanJson } from './span-json.ts';

test('the text of a span is that span', () => {
  fc.assert(
    fc.property(anyTraces, (traces) => {
      for (const { scopeSpans } of traces.resourceSpans) {
        for (const { spans } of scopeSpans) {
          for (const span of spans) expect(JSON.parse(spanJson(span))).toEqual(JSON.parse(JSON.stringify(span)));
        }
      }
    }),
  );
});
