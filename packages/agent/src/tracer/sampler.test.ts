import { expect, test } from 'vitest';
import { newTraceId, readTraceId } from './ids.ts';
import { createSampler, traceIdRatio } from './sampler.ts';

const id = newTraceId();

test.each([
  ['always_on', undefined, [true, true, true]],
  ['always_off', undefined, [false, false, false]],
  ['parentbased_always_on', undefined, [true, false, true]],
  ['parentbased_always_off', undefined, [true, false, false]],
  ['traceidratio', '0', [false, false, false]],
  ['traceidratio', '1', [true, true, true]],
  ['traceidratio', undefined, [true, true, true]],
  ['parentbased_traceidratio', '0', [true, false, false]],
  ['parentbased_traceidratio', '1', [true, false, true]],
])('%s with %j, for a sampled, an unsampled and no parent: %j', (name, argument, expected) => {
  const { sampler, problem } = createSampler(name, argument);
  expect(problem).toBeUndefined();
  expect([true, false, undefined].map((parent) => sampler.isSampled(id, parent))).toEqual(expected);
});

/** The decisions of `TraceIdRatioBasedSampler` of @opentelemetry/sdk-trace 2.9.0, at ratios 0.1, 0.25, 0.5 and 0.9. */
test.each([
  ['0af7651916cd43dd8448eb211c80319c', false, false, false, true],
  ['ffffffffffffffffffffffffffffffff', true, true, true, true],
  ['00000000000000000000000000000001', true, true, true, true],
  ['80000000000000000000000000000000', false, false, false, true],
  ['12345678901234567890123456789012', false, false, false, true],
  ['f40bc892caf6803bcf683d74536ddeb9', false, false, false, true],
  ['1f956ac684f5d80f46bdf81540d9edde', false, false, false, true],
  ['8c0cb928820c2c7e1c326ec16673dd27', false, false, true, true],
  ['a0d5ffa433f989a246a7fe60d8ed5323', true, true, true, true],
  ['65d0cfdc6251b4758721f0d76ebf252d', false, false, false, false],
  ['6f58c44be0b6713e2a5d9a78f08f43fd', false, false, true, true],
  ['076e62ae4e740e280c456b23de0930bb', false, false, false, true],
])('decides on %s as the OpenTelemetry SDK does', (hex, ...expected) => {
  const decisions = [0.1, 0.25, 0.5, 0.9].map((ratio) => traceIdRatio(ratio).isSampled(readTraceId(hex, 0), undefined));
  expect(decisions).toEqual(expected);
});

test('a ratio samples that part of random traces, and a higher ratio all of a lower one', () => {
  const low = traceIdRatio(0.2);
  const high = traceIdRatio(0.3);
  let sampled = 0;
  for (let i = 0; i < 20_000; i++) {
    const traceId = newTraceId();
    if (!low.isSampled(traceId, undefined)) continue;
    sampled++;
    expect(high.isSampled(traceId, undefined)).toBe(true);
  }
  expect(Math.abs(sampled - 4_000)).toBeLessThan(500); // nine standard deviations
});

test.each(['-0.1', '1.1', 'half', 'NaN'])('a ratio of %j is told, and all is sampled', (argument) => {
  const { sampler, problem } = createSampler('traceidratio', argument);
  expect(problem).toBe(`sampler argument "${argument}" is not a number from 0 to 1, using 1`);
  expect(sampler.isSampled(id, undefined)).toBe(true);
});

test('a ratio that cannot be read is told for the parent-based sampler too', () => {
  expect(createSampler('parentbased_traceidratio', 'x').problem).toContain('"x"');
});

test('an unknown sampler is told, and the default stands in', () => {
  const { sampler, problem } = createSampler('jaeger_remote', undefined);
  expect(problem).toBe('unknown sampler "jaeger_remote", using parentbased_always_on');
  expect(sampler.description).toBe('ParentBased{root=AlwaysOnSampler}');
});

test('descriptions nest', () => {
  expect(createSampler('parentbased_traceidratio', '0.25').sampler.description).toBe(
    'ParentBased{root=TraceIdRatioBased{0.25}}',
  );
});
