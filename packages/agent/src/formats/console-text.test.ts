import { readTraces, type TracesData } from '@sightline/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyTraces } from '../../../wire/src/otlp-arbitrary.fixture.ts';
import { richBatch } from '../../testing/format-sender.ts';
import { ConsoleText } from './console-text.ts';

function richTraces(): TracesData {
  return readTraces(Buffer.concat(richBatch().parts));
}

function print(text: ConsoleText, traces: TracesData): string {
  return Buffer.concat(text.write(traces)).toString();
}

test('a span is a block that a person can read, the resource is told once', () => {
  const text = new ConsoleText();
  const printed = print(text, richTraces()).replace(/span \w{16} parent/, 'span <id> parent');
  expect(printed).toBe(`resource
    service.name  Shop
    process.pid   42

22:13:20.000 CLIENT POST /orders  1.5 s  ERROR no stock
    trace 8af7651916cd43dda448eb211c80319c span <id> parent b7ad6b7169203331
    scope @shop/orders 1.2.3
    text            grün
    server.address  10.0.0.7
    server.port     8080
    large           9007199254740991
    negative        -5
    ratio           0.25
    flag            true
    list            ["a","b"]
    event retry +4.75 ms
        attempt  1
    link trace 0af7651916cd43dd8448eb211c80319d span 00f067aa0ba902b7
        why  batch

`);
  expect(print(text, richTraces())).not.toContain('resource');
});

test('any spans come in whole lines, in pieces that a pipe takes whole, and steer no terminal', () => {
  fc.assert(
    fc.property(anyTraces, (traces) => {
      for (const piece of new ConsoleText().write(traces)) {
        const text = piece.toString();
        expect(text.endsWith('\n')).toBe(true);
        expect(piece.length <= 4_096 || text.indexOf('\n') === text.length - 1).toBe(true);
        expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
      }
    }),
    { numRuns: 40 },
  );
});
