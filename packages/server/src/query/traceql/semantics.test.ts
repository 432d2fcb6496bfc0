/** What `docs/traceql.md` says beyond the documentation's queries, of the reference that all SQL is held to. */
import type { AnyValue, Span } from '@sightline/wire';
import { describe, expect, test } from 'vitest';
import type { SpansetQuery } from './ast.ts';
import { evaluateSearch } from './evaluate.fixture.ts';
import { parseQuery } from './parse.ts';
import { modelTraces } from './trace-model.fixture.ts';

const traceId = '1'.padStart(32, '0');

function span(id: string, attributes: Record<string, AnyValue> = {}, rest: Partial<Span> = {}): Span {
  return {
    traceId,
    spanId: id.padStart(16, '0'),
    name: id,
    startTimeUnixNano: '1000',
    endTimeUnixNano: '1010',
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
    ...rest,
  };
}

/** @returns a text for each spanset: the names of its spans */
function found(query: string, spans: Span[], resource: Record<string, AnyValue> = {}): string[] {
  const attributes = Object.entries(resource).map(([key, value]) => ({ key, value }));
  const traces = modelTraces({ resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans }] }] });
  const answers = evaluateSearch(parseQuery(query) as SpansetQuery, traces);
  return answers.flatMap(({ spansets }) =>
    spansets.map((spanset) => spanset.spans.map((each) => each.span.name).join(' ')),
  );
}

const int = (value: bigint | number): AnyValue => ({ intValue: String(value) });
const float = (doubleValue: number | 'NaN'): AnyValue => ({ doubleValue });
const string = (stringValue: string): AnyValue => ({ stringValue });
const bool = (boolValue: boolean): AnyValue => ({ boolValue });
const array = (...values: AnyValue[]): AnyValue => ({ arrayValue: { values } });

describe('a comparison', () => {
  const spans = [
    span('i', { x: int(5) }),
    span('f', { x: float(5) }),
    span('s', { x: string('5') }),
    span('b', { x: bool(true) }),
    span('n', { x: float('NaN') }),
    span('a', { x: array(int(5), int(6)) }),
    span('e', { x: array() }),
    span('o', { x: { bytesValue: 'AQI=' } }),
    span('0', { x: {} }),
    span('-'),
  ];
  test.each([
    ['.x = 5', 'a f i'],
    ['.x != 5', 'e n'],
    ['.x != 6', 'e f i n'],
    ['.x > 4.5', 'a f i'],
    ['.x = 5ns', 'a f i'],
    ['.x = "5"', 's'],
    ['.x != "4"', 'e s'],
    ['.x =~ "\\\\d"', 's'],
    ['.x', 'b'],
    ['!.x', ''],
    ['!(.x = 5)', '- 0 b e n o s'],
    ['.x = nil', '- 0'],
    ['.x != nil', 'a b e f i n o s'],
    ['.x + 1 = 6', 'f i'],
    ['.x / 0 = 1', ''],
    ['-.x = -5', 'f i'],
    ['.x = .x', 'b f i s'],
  ])('%s', (condition, names) => {
    const all = found(`{ ${condition} }`, spans);
    expect(
      all
        .flatMap((each) => each.split(' '))
        .sort()
        .join(' '),
    ).toBe(names);
  });

  test('knows integers exactly, however large', () => {
    const large = [span('a', { x: int(2n ** 53n + 1n) }), span('b', { x: float(2 ** 53) })];
    expect(found('{ .x = 9007199254740993 }', large)).toEqual(['a']);
    expect(found('{ .x > 9007199254740992.0 }', large)).toEqual(['a']);
  });

  test('of integers keeps them whole', () => {
    const one = [span('a', { x: int(7) })];
    expect(found('{ .x / 2 = 3 && .x % 4 = 3 && .x / 2.0 = 3.5 && .x ^ 2 = 49 }', one)).toEqual(['a']);
    expect(found('{ .x + maxInt = minInt + 6 }', one)).toEqual(['a']);
  });
});

describe('a field with several values', () => {
  test('holds for one of them: of span and resource, of events', () => {
    const events = ['a', 'b'].map((name) => ({ name, timeUnixNano: '1005' }));
    const one = [span('s', { x: string('a') }, { events })];
    const resource = { x: string('b') };
    for (const query of [
      '{ .x = "a" }',
      '{ .x = "b" }',
      '{ .x != "a" }',
      '{ event:name = "b" }',
      '{ event:name != "b" }',
    ]) {
      expect([query, found(query, one, resource)]).toEqual([query, ['s']]);
    }
    expect(found('{ span.x = "b" || resource.x = "a" || event:name = "c" }', one, resource)).toEqual([]);
  });

  test('is the first where one is needed', () => {
    const all = [span('a', { x: int(1) }), span('b')];
    expect(found('{ } | by(.x) | count() = 1', all, { x: int(2) })).toEqual(['a', 'b']);
    expect(found('sum(.x) = 3', all, { x: int(2) })).toEqual(['a b']);
  });
});

describe('a structure', () => {
  const child = (id: string, parent: string): Span => span(id, {}, { parentSpanId: parent.padStart(16, '0') });

  test('holds below a parent that never came', () => {
    const orphans = [child('a', 'f'), child('b', 'f'), child('c', 'a')];
    expect(found('{ name = "a" } > { }', orphans)).toEqual(['c']);
    expect(found('{ name = "a" } ~ { }', orphans)).toEqual(['b']);
    expect(found('{ nestedSetParent = 0 }', orphans)).toEqual(['a b c']);
  });

  test('goes through spans that match neither side', () => {
    const chain = [span('a'), child('b', 'a'), child('c', 'b'), child('d', 'c')];
    expect(found('{ name = "a" } >> { name =~ "c|d" }', chain)).toEqual(['c d']);
    expect(found('{ name = "d" } << { name =~ "a|b" }', chain)).toEqual(['a b']);
    expect(found('{ name = "a" } &>> { name = "d" }', chain)).toEqual(['a d']);
    expect(found('{ name =~ "a|b" } | { } > { }', chain)).toEqual(['b']);
  });

  test('ends in a circle', () => {
    expect(found('{ name = "a" } >> { }', [child('a', 'b'), child('b', 'a')])).toEqual(['a b']);
  });

  test('has no siblings among roots', () => {
    expect(found('{ } ~ { }', [span('a'), span('b')])).toEqual([]);
  });

  test('negated, keeps all where the left side is empty', () => {
    expect(found('{ false } !>> { }', [span('a'), child('b', 'a')])).toEqual(['a b']);
  });
});

describe('stages', () => {
  const spans = [span('a', { x: int(1) }), span('b', { x: int(1) }), span('c', { x: string('1') }), span('d')];
  test.each([
    ['{ } | by(.x)', ['a b', 'c', 'd']],
    ['{ } | by(.x) | count() > 1', ['a b']],
    ['{ } | by(.x) | sum(.x) >= 1', ['a b']],
    ['{ } | by(.x = 1, name = "a")', ['a', 'b', 'c d']],
    ['{ } | by(.x) | count() = 1 | coalesce()', ['c d']],
    ['{ } | by(.x) | { name =~ "b|d" }', ['b', 'd']],
    ['{ } | by(name) | coalesce() | { } && { name = "a" }', ['a b c d']],
    ['max(.x) + min(.x) = count() / 2', ['a b c d']],
    ['max(.absent) > -1', []],
    ['{ name = "a" } && { name = "e" }', []],
    ['{ name = "a" } || { name = "e" }', ['a']],
  ])('%s', (query, spansets) => expect(found(query, spans)).toEqual(spansets));
});

test('a span that was sent twice is one span', () => {
  expect(found('count() = 1', [span('a'), span('a')])).toEqual(['a']);
  expect(found('count() = 2', [span('a', {}, { kind: 2 }), span('a', {}, { kind: 3 })])).toEqual(['a a']);
});
