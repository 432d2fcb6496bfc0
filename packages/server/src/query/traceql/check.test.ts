import { describe, expect, test } from 'vitest';
import { parseQuery } from './parse.ts';
import { QueryError } from './query-error.ts';

/** What stands between « and » is at fault. */
const refused: readonly (readonly [query: string, message: string])[] = [
  [
    '{ «duration > "1s"» }',
    'a duration cannot be compared with a string. Durations stand without quotes: 100ms, 1.5s.',
  ],
  ['{ «status = "error"» }', 'The statuses stand without quotes'],
  ['{ «status > ok» }', 'a status can be compared with = and != only, not with >.'],
  ['{ «kind = true» }', 'a kind cannot be compared with true or false.'],
  ['{ «name = 5» }', 'a string cannot be compared with a number. Numbers stand without quotes.'],
  ['{ «.a < true» }', 'true or false can be compared with = and != only'],
  ['{ «name» }', 'what stands in braces must be true or false, not a string: compare it'],
  ['{ «.a + 1» }', 'must be true or false, not a number'],
  ['{ .a && «5» }', 'a side of && must be true or false, not a number'],
  ['{ !«duration» }', 'what stands behind ! must be true or false, not a duration'],
  ['{ -«name» = "a" }', 'what stands behind - must be a number or a duration, not a string'],
  ['{ .a + «name» = 1 }', 'a side of + must be a number or a duration'],
  ['{ «duration» =~ "1.*" }', 'the left side of =~ must be a string, not a duration'],
  ['{ .a =~ «.b» }', 'must be a pattern in quotes'],
  ['{ .a =~ «"a("» }', 'This pattern is not one of RE2: missing closing ): `a(`.'],
  ['{ .a !~ «"(?=a)"» }', 'not one of RE2: invalid or unsupported Perl syntax'],
  ['{ «name = nil» }', 'span:name is never nil: every span has one.'],
  ['max(«name») > 1', 'what max is calculated from must be a number or a duration, not a string'],
  ['sum(«3») > 1', 'sum needs an attribute or an intrinsic: this is the same for every span.'],
  ['{ } | by(«1»)', 'by needs an attribute or an intrinsic'],
  ['«coalesce()» | { }', 'coalesce() needs spansets before it'],
  ['({ } | «by(name)») >> { }', '>> takes one spanset on each side, and by makes several'],
  ['{ } | max_over_time(«name»)', 'what max_over_time is calculated from must be a number or a duration'],
  ['{ } | rate() by (.a, .b, .c, .d, .e, «.f»)', 'grouped by at most 5 fields'],
  ['{ } | «compare({ })» | topk(5)', 'compare stands alone'],
  ['({ } | «compare({ })») * 2', 'compare stands alone'],
  ['{ } | «compare({ }, 0)»', 'gives 1 to 1000 values'],
  ['{ } | «compare({ }, 5, 2, 1)»', 'ends before it starts'],
  ['{ } with («most_recnet=true»)', 'There is no hint most_recnet: did you mean most_recent?'],
  ['{ } with («exemplars=true»)', 'The hint exemplars is for metrics queries'],
  ['{ } | rate() with (exemplars=«"a"»)', 'The hint exemplars takes true or false or an integer.'],
  ['{ } | rate() with («extrapolate=true»)', 'extrapolate is not supported'],
];

describe('what cannot be meant is refused, with where and why', () => {
  test.each(refused)('%s', (marked, message) => {
    const [from, to] = [marked.indexOf('«'), marked.indexOf('»') - 1];
    const error = errorOf(marked.replace(/[«»]/g, ''));
    expect(error.message).toContain(message);
    expect([error.from, error.to]).toEqual([from, to]);
  });

  test('more operations than ClickHouse should be asked', () => {
    expect(errorOf(`{ ${Array(210).fill('.a').join(' && ')} }`).message).toContain('209 operations: at most 200');
  });
});

test.each([
  '{ .a = 1 && .a = "1" && .b > 1s && .b < 1.5 }',
  '{ duration > 1 && childCount > 1.5 && event:timeSinceStart > -5s }',
  '{ span:parentID = nil && trace:rootName = nil && event:name = nil && resource.service.name = nil }',
  '({ } | by(name) | count() > 2 | coalesce()) > { }',
  '({ } | by(name)) && { }',
  '{ } with (most_recent=true)',
  '{ } | rate() with (exemplars=5, sample=0.1)',
])('%s is taken', (query) => expect(parseQuery(query).from).toBe(0));

function errorOf(query: string): QueryError {
  try {
    parseQuery(query);
  } catch (error) {
    expect(error).toBeInstanceOf(QueryError);
    return error as QueryError;
  }
  throw new Error(`${query} was taken`);
}
