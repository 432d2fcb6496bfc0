import { baggageEntryMetadataFromString, propagation } from '@opentelemetry/api';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatBaggage, readBaggage } from './baggage.ts';

function read(header: string): unknown[] {
  return (readBaggage(header)?.getAllEntries() ?? []).map(([key, entry]) =>
    entry.metadata === undefined ? [key, entry.value] : [key, entry.value, entry.metadata.toString()],
  );
}

test.each([
  ['a=1', [['a', '1']]],
  [
    ' a = 1 ,\tb=2 ',
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  ['a=', [['a', '']]],
  ['a=1;p1;p2=x', [['a', '1', 'p1;p2=x']]],
  ['a=1 ; p1 = x ', [['a', '1', 'p1 = x']]],
  ['a=1;', [['a', '1']]],
  ['a=b=c', [['a', 'b=c']]],
  ['a=1,a=2', [['a', '2']]],
  ['user=Am%C3%A9lie%20%2C%3B', [['user', 'Amélie ,;']]],
  ['a=%E0%A4%A', [['a', '\ufffd%A']]],
  ['a=%ff%C3%A9', [['a', '\ufffdé']]],
  ['a=100%', [['a', '100%']]],
  ['', []],
  ['a', []],
  ['=1', []],
  ['a b=1,c=2', [['c', '2']]],
  [',,;=,x', []],
])('reads %j', (header, expected) => expect(read(header)).toEqual(expected));

test('reads 64 members and 8,192 characters at most', () => {
  const members = Array.from({ length: 70 }, (_, i) => `k${i}=v`);
  expect(read(members.join(','))).toHaveLength(64);
  const long = `v=${'x'.repeat(4_000)}`;
  expect(read([`a${long}`, `b${long}`, `c${long}`].join(',')).map((entry) => (entry as string[])[0])).toEqual([
    'av',
    'bv',
  ]);
  expect(read(`a=${'x'.repeat(8_190)}`)).toHaveLength(1);
  expect(read(`a=${'x'.repeat(8_191)}`)).toEqual([]);
});

test("writes the baggage of the API's own class", () => {
  const metadata = baggageEntryMetadataFromString('ttl=5');
  const baggage = propagation.createBaggage({
    'user (id)': { value: 'Amélie, ;"\\' },
    plan: { value: 'free', metadata },
  });
  expect(formatBaggage(baggage)).toBe('user%20%28id%29=Am%C3%A9lie%2C%20%3B%22%5C,plan=free;ttl=5');
});

test('what cannot be sent is left out, and the rest is sent', () => {
  const injected = baggageEntryMetadataFromString('x\r\nevil: 1');
  const comma = baggageEntryMetadataFromString('x,evil=1');
  const baggage = propagation.createBaggage({
    '': { value: 'no key' },
    half: { value: '\ud800' },
    lines: { value: 'a', metadata: injected },
    comma: { value: 'b', metadata: comma },
    long: { value: 'x'.repeat(9_000) },
    last: { value: 'c' },
  });
  expect(formatBaggage(baggage)).toBe('lines=a,comma=b,last=c');
});

test('writes 64 members and 8,192 characters at most', () => {
  let baggage = propagation.createBaggage();
  for (let i = 0; i < 100; i++) baggage = baggage.setEntry(`k${i}`, { value: 'v' });
  expect(formatBaggage(baggage).split(',')).toHaveLength(64);
  for (let i = 0; i < 100; i++) baggage = baggage.setEntry(`k${i}`, { value: 'v'.repeat(300) });
  expect(formatBaggage(baggage).length).toBeLessThanOrEqual(8_192);
  expect(formatBaggage(baggage).length).toBeGreaterThan(7_800);
});

test('is immutable, as the API asks', () => {
  const baggage = readBaggage('a=1,b=2,c=3');
  expect(baggage?.setEntry('d', { value: '4' }).getEntry('d')).toEqual({ value: '4' });
  expect(baggage?.removeEntry('a').getAllEntries()).toEqual([
    ['b', { value: '2' }],
    ['c', { value: '3' }],
  ]);
  expect(baggage?.removeEntries('a', 'b').getAllEntries()).toEqual([['c', { value: '3' }]]);
  expect(baggage?.clear().getAllEntries()).toEqual([]);
  expect(baggage?.getEntry('x')).toBeUndefined();
  expect(baggage?.getAllEntries()).toHaveLength(3);
});

test('any entries come back from the header as they went in', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 20 });
  const entries = fc.dictionary(
    text.filter((key) => key !== ''),
    text,
    { maxKeys: 10 },
  );
  fc.assert(
    fc.property(entries, (given) => {
      let baggage = propagation.createBaggage();
      for (const [key, value] of Object.entries(given)) baggage = baggage.setEntry(key, { value });
      const back = readBaggage(formatBaggage(baggage));
      expect(Object.fromEntries((back?.getAllEntries() ?? []).map(([key, entry]) => [key, entry.value]))).toEqual({
        ...given,
      });
    }),
  );
});

test('any text is read without an error, and what is read can be sent', () => {
  const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[ab=;,% \t\d]*$/));
  fc.assert(
    fc.property(anything, (header) => {
      const baggage = readBaggage(header);
      if (baggage) expect(read(formatBaggage(baggage)).length).toBe(baggage.getAllEntries().length);
    }),
    { numRuns: 1_000 },
  );
});
