import { expect, test } from 'vitest';
import { parseStrategies } from './strategies-file.ts';

const at = (samplingRate: number) => ({ strategyType: 'PROBABILISTIC', probabilisticSampling: { samplingRate } });
const operations = (defaultSamplingProbability: number, rates: Record<string, number>) => ({
  operationSampling: {
    defaultSamplingProbability,
    defaultLowerBoundTracesPerSecond: 0,
    defaultUpperBoundTracesPerSecond: 0,
    perOperationStrategies: Object.entries(rates).map(([operation, samplingRate]) => ({
      operation,
      probabilisticSampling: { samplingRate },
    })),
  },
});

const example = {
  service_strategies: [
    {
      service: 'foo',
      type: 'probabilistic',
      param: 0.8,
      operation_strategies: [
        { operation: 'op1', type: 'probabilistic', param: 0.2 },
        { operation: '/health', type: 'probabilistic', param: 0.4 },
      ],
    },
    { service: 'bar', type: 'ratelimiting', param: 5 },
    { service: 'baz', type: 'probabilistic', param: 0.25 },
    {
      service: 'qux',
      type: 'ratelimiting',
      param: 3,
      operation_strategies: [{ operation: 'op2', type: 'probabilistic', param: 1 }],
    },
  ],
  default_strategy: {
    type: 'probabilistic',
    param: 0.5,
    operation_strategies: [
      { operation: '/health', type: 'probabilistic', param: 0 },
      { operation: '/metrics', type: 'probabilistic', param: 0 },
    ],
  },
};

test("reads what Jaeger's documentation shows, the default's operations wherever a service does not name them", () => {
  const strategies = parseStrategies(JSON.stringify(example));
  expect(strategies.default).toEqual({ ...at(0.5), ...operations(0.5, { '/health': 0, '/metrics': 0 }) });
  expect(Object.fromEntries(strategies.byService)).toEqual({
    foo: { ...at(0.8), ...operations(0.8, { op1: 0.2, '/health': 0.4, '/metrics': 0 }) },
    bar: { strategyType: 'RATE_LIMITING', rateLimitingSampling: { maxTracesPerSecond: 5 } },
    baz: { ...at(0.25), ...operations(0.25, { '/health': 0, '/metrics': 0 }) },
    qux: {
      strategyType: 'RATE_LIMITING',
      rateLimitingSampling: { maxTracesPerSecond: 3 },
      ...operations(0.001, { op2: 1, '/health': 0, '/metrics': 0 }),
    },
  });
});

test('an empty file keeps everything', () => {
  for (const text of ['{}', '{"default_strategy":null,"service_strategies":null}']) {
    expect(parseStrategies(text)).toEqual({ default: at(1), byService: new Map() });
  }
});

test.each<[unknown, string]>([
  [[], 'the file: [], where an object belongs'],
  [{ default_strategy: 7 }, 'default_strategy: 7, where an object belongs'],
  [
    { default_strategy: { type: 'const', param: 1 } },
    'default_strategy.type: "const", where "probabilistic" or "ratelimiting" belongs',
  ],
  [
    { default_strategy: { type: 'probabilistic' } },
    'default_strategy.param: missing, where a number from 0 to 1 belongs',
  ],
  [
    { default_strategy: { type: 'probabilistic', param: 1.5 } },
    'default_strategy.param: 1.5, where a number from 0 to 1 belongs',
  ],
  [
    { default_strategy: { type: 'ratelimiting', param: 0.5 } },
    'default_strategy.param: 0.5, where a whole number of traces a second belongs',
  ],
  [{ service_strategies: {} }, 'service_strategies: {}, where a list belongs'],
  [
    { service_strategies: [{ type: 'probabilistic', param: 1 }] },
    'service_strategies[0].service: missing, where a name belongs',
  ],
  [
    { service_strategies: ['a', 'a'].map((service) => ({ service, type: 'probabilistic', param: 1 })) },
    'service_strategies[1].service: "a", which was there before',
  ],
  [
    {
      default_strategy: {
        type: 'probabilistic',
        param: 1,
        operation_strategies: [{ operation: 'a', type: 'ratelimiting', param: 1 }],
      },
    },
    'default_strategy.operation_strategies[0].type: "ratelimiting", which clients know for whole services only',
  ],
])('says where %j is wrong', (file, message) => {
  expect(() => parseStrategies(JSON.stringify(file))).toThrow(expect.objectContaining({ message }));
});

test('says that a file is not JSON', () => {
  expect(() => parseStrategies('{"default_strategy":')).toThrow(/^the file: not JSON: /);
});
