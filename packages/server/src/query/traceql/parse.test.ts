import { describe, expect, test } from 'vitest';
import { parseQuery } from './parse.ts';
import { printQuery } from './print.ts';
import { QueryError } from './query-error.ts';

const canonical = (query: string): string => printQuery(parseQuery(query));

describe('a query is read', () => {
  test('with where each node stands', () => {
    expect(parseQuery('{ span.http.status_code >= 500 }')).toEqual({
      kind: 'search',
      pipeline: {
        kind: 'pipeline',
        stages: [
          {
            kind: 'spanset-filter',
            condition: {
              kind: 'binary',
              operator: '>=',
              left: { kind: 'attribute', scope: 'span', name: 'http.status_code', from: 2, to: 23 },
              right: { kind: 'literal', type: 'int', value: 500n, from: 27, to: 30 },
              from: 2,
              to: 30,
            },
            from: 0,
            to: 32,
          },
        ],
        from: 0,
        to: 32,
      },
      hints: [],
      from: 0,
      to: 32,
    });
  });

  test.each([
    ['{duration>1.5s&&name=`GET /`}', '{ span:duration > 1500ms && span:name = "GET /" }'],
    ['{ rootServiceName = "a" && nil != .x && .y = nil }', '{ trace:rootService = "a" && .x != nil && .y = nil }'],
    ['{ .a-b = -1 }', '{ .a-b = -1 }'],
    ['{ span."two words".x\\ = "a\\tb\\"" }', '{ span."two words.x\\\\" = "a\\tb\\"" }'],
    ['{ parent.a = parent.span.b }', '{ parent.a = parent.span.b }'],
    [
      '{ .a = .5 && .b = 1e3 && .c = minInt && .d = -maxInt }',
      '{ .a = 0.5 && .b = 1000.0 && .c = minInt && .d = -9223372036854775807 }',
    ],
    ['{ } // all\n| /* more\nthan */ count() > 1 + 2 * 3', '{ } | count() > 7'],
    ['max(duration) > 2 * 250ms', 'max(span:duration) > 500ms'],
    ['({ .a })', '{ .a }'],
    ['({ .a } | { .b }) | { .c }', '{ .a } | { .b } | { .c }'],
    ['(count() > 2) && ({ .b } | by(name, .c))', '(count() > 2) && ({ .b } | by(span:name, .c))'],
    ['{} | rate()by(name,span.b)|topk(3)>1', '{ } | rate() by (span:name, span.b) | topk(3) > 1'],
    [
      '{} | quantile_over_time(duration, .99, 1) with (exemplars=true)',
      '{ } | quantile_over_time(span:duration, 0.99, 1) with (exemplars=true)',
    ],
    [
      '100 * ({status=error} | rate()) / ({} | rate()) > 5',
      '100 * ({ span:status = error } | rate()) / ({ } | rate()) > 5',
    ],
    ['({} | rate()) - (({} | rate()) + 1 - 2)', '({ } | rate()) - (({ } | rate()) + 1 - 2)'],
    ['{} | compare({.a}, 5, 1, 2)', '{ } | compare({ .a }, 5, 1, 2)'],
  ])('%s', (query, expected) => expect(canonical(query)).toBe(expected));
});

describe('operators bind', () => {
  test.each([
    ['&& and || alike, from left to right', '.a || .b && .c', '(.a || .b) && .c'],
    ['comparisons more strongly', '.a = 1 && .b', '(.a = 1) && .b'],
    ['sums more strongly than comparisons', '.a + 1 = 2 * .b', '(.a + 1) = (2 * .b)'],
    ['products more strongly than sums', '.a - .b * .c - .d', '(.a - (.b * .c)) - .d'],
    ['^ from right to left', '.a ^ .b ^ .c', '.a ^ (.b ^ .c)'],
    ['a sign with products', '-.a * .b + .c', '(-(.a * .b)) + .c'],
    ['! before comparisons', '!.a = .b', '(!.a) = .b'],
  ])('%s', (_, query, same) => {
    expect(canonical(`{ } | by(${query})`)).toBe(canonical(`{ } | by(${same})`));
  });

  test.each([
    ['.a || (.b && .c)', '.a || .b && .c'],
    ['.a - (.b - .c)', '.a - .b - .c'],
    ['(.a ^ .b) ^ .c', '.a ^ .b ^ .c'],
    ['(-.a) * .b', '-.a * .b'],
    ['!(.a = .b)', '!.a = .b'],
  ])('%s is not %s', (query, other) => {
    expect(canonical(`{ } | by(${query})`)).not.toBe(canonical(`{ } | by(${other})`));
  });

  test('between spansets, structures more strongly than && and ||', () => {
    expect(canonical('{.a} && {.b} >> {.c} || {.d}')).toBe(canonical('({.a} && ({.b} >> {.c})) || {.d}'));
    expect(canonical('{.a} !> {.b} | count() > 2')).toBe('{ .a } !> { .b } | count() > 2');
  });
});

/** What `^` underlines is at fault. */
const mistakes: readonly (readonly [query: string, underlined: string, message: string])[] = [
  ['', '', 'The query is empty: { } finds every trace.'],
  ['{ .a = 1', '        ', 'Expected } to close the spanset, or an operator, but found the end of the query.'],
  ['{ durration > 1s }', '  ^^^^^^^^^', 'did you mean duration, or the attribute .durration or the text "durration"?'],
  ['{ span:nme = "a" }', '  ^^^^^^^^', 'span:nme is no intrinsic: did you mean span:name?'],
  ['{ http.url = "a" }', '  ^^^^^^^^', 'write .http.url, span.http.url or resource.http.url.'],
  ['{ .a == 1 }', '     ^^', '== is no operator of TraceQL: equality is a single =.'],
  ["{ .a = 'x' }", '       ^', 'Strings stand in double quotes or backticks, not in single quotes.'],
  ['{ .a = "x }', '       ^', 'A string is not closed: its " is missing.'],
  ['{ .a = "\\d" }', '        ^^', 'write \\\\ for a backslash, or put the string in backticks.'],
  ['{ .a > 5sec }', '       ^^^^', '5sec is neither a number nor a duration'],
  ['{ .a > 9223372036854775808 }', '       ^^^^^^^^^^^^^^^^^^^', 'is beyond 64 bits'],
  ['{ .a > nil }', '     ^', 'nil can be compared with = and != only, not with >.'],
  ['{ span. = 1 }', '  ^^^^^', 'After span. the name of an attribute is missing'],
  ['{ .a = 1 } | cuont() > 2', '             ^^^^^', 'cuont is no stage of a query: did you mean count?'],
  ['{ } | count()', '      ^^^^^^^', 'A number is no stage: compare it, as in count() > 2.'],
  ['count() > 2 && { }', '^^^^^^^^^^^', 'put | between'],
  ['{ } + { }', '    ^', '+ cannot stand between spansets'],
  ['duration > 1s', '^^^^^^^^', 'What is said of spans stands in braces: { duration … }.'],
  ['rate()', '^^^^', 'rate needs spans before it: { } | rate(…).'],
  ['{ } | topk(5)', '      ^^^^', 'topk follows metrics only'],
  ['{ } | rate() + 1', '             ^', 'put each in parentheses: ({ } | rate()) * 60.'],
  ['({ } | rate()) * 10s', '                 ^^^', 'durations count in seconds'],
  [
    '{ } | rate() | { }',
    '               ^',
    'Expected topk(…), bottomk(…) or a threshold after the metrics, but found {.',
  ],
  ['{ } | quantile_over_time(duration, 99)', '                                   ^^', '99 is no quantile: give 0 to 1'],
  ['{ } | rate() | topk(0)', '                    ^', 'give at least 1'],
  ['{ } }', '    ^', 'Expected |, an operator or the end of the query, but found }.'],
  ['count() > 1 / 0', '            ^', 'This divides by zero.'],
  ['max(duration) > 1s * 2s', '                   ^', '* has no meaning between a duration and a duration'],
];

describe('a mistake is named where it stands', () => {
  test.each(mistakes)('%s', (query, underlined, message) => {
    const error = errorOf(query);
    expect(error.message).toContain(message);
    const from = underlined.includes('^') ? underlined.indexOf('^') : query.length;
    expect([error.from, error.to]).toEqual([from, underlined.includes('^') ? underlined.length : query.length]);
  });

  test('a query too long or too deep is refused, and ends no stack', () => {
    expect(errorOf(`{ .a = "${'x'.repeat(20_000)}" }`).message).toContain('at most 16384 are read');
    expect(errorOf(`{ ${'('.repeat(8000)} .a`).message).toContain('nested deeper than 100 levels');
    expect(errorOf(`${'('.repeat(8000)} { }`).message).toContain('nested deeper than 100 levels');
    expect(errorOf(`{ ${'!'.repeat(8000)} .a }`).message).toContain('nested deeper than 100 levels');
  });
});

function errorOf(query: string): QueryError {
  try {
    parseQuery(query);
  } catch (error) {
    expect(error).toBeInstanceOf(QueryError);
    return error as QueryError;
  }
  throw new Error(`${query} was taken`);
}
