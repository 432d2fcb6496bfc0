/**
 * Jaeger's file of sampling strategies: for each service, and for all others, how many of its traces are kept, for
 * single operations too. Where a strategy for a service says nothing of an operation, the default's word counts.
 *
 * @see https://www.jaegertracing.io/docs/latest/architecture/sampling/#file-based-sampling-configuration
 */
import type { OperationSampling, SamplingStrategy } from './sampling-strategy.ts';
import { probabilistic, rateLimiting } from './sampling-strategy.ts';

export interface Strategies {
  default: SamplingStrategy;
  byService: ReadonlyMap<string, SamplingStrategy>;
}

/** What is wrong, and where: `service_strategies[2].param: 7, where a number from 0 to 1 belongs`. */
class InvalidStrategies extends Error {
  constructor(path: string, problem: string) {
    super(`${path === '' ? 'the file' : path}: ${problem}`);
    this.name = 'InvalidStrategies';
  }
}

/** @throws InvalidStrategies */
export function parseStrategies(text: string): Strategies {
  const file = objectIn(parseJson(text), '');
  // Go, whose format this is, writes null for what is not set.
  const given = file.default_strategy ?? undefined;
  const standard =
    given === undefined ? probabilistic(1) : strategyIn(objectIn(given, 'default_strategy'), 'default_strategy');
  const byService = new Map<string, SamplingStrategy>();
  for (const [index, one] of listIn(file.service_strategies, 'service_strategies').entries()) {
    const path = `service_strategies[${index}]`;
    const service = objectIn(one, path);
    const name = textIn(service.service, `${path}.service`);
    if (byService.has(name)) throw new InvalidStrategies(`${path}.service`, `${shown(name)}, which was there before`);
    byService.set(name, withDefaults(strategyIn(service, path), standard.operationSampling));
  }
  return { default: standard, byService };
}

function strategyIn(object: JsonObject, path: string): SamplingStrategy {
  const strategy = isRateLimiting(object, path)
    ? rateLimiting(numberIn(object.param, `${path}.param`, isCount, 'a whole number of traces a second'))
    : probabilistic(probabilityIn(object, path));
  const operations = listIn(object.operation_strategies, `${path}.operation_strategies`);
  if (operations.length === 0) return strategy;
  const perOperationStrategies = operations.map((one, index) =>
    operationIn(one, `${path}.operation_strategies[${index}]`),
  );
  return { ...strategy, operationSampling: operationSampling(strategy, perOperationStrategies) };
}

function operationIn(value: unknown, path: string): OperationSampling['perOperationStrategies'][number] {
  const object = objectIn(value, path);
  const operation = textIn(object.operation, `${path}.operation`);
  if (isRateLimiting(object, path)) {
    throw new InvalidStrategies(`${path}.type`, '"ratelimiting", which clients know for whole services only');
  }
  return { operation, probabilisticSampling: { samplingRate: probabilityIn(object, path) } };
}

/** A service that is limited by a rate has no probability for its other operations; Jaeger gives them this one. */
const otherwise = 0.001;

function operationSampling(
  strategy: SamplingStrategy,
  perOperationStrategies: OperationSampling['perOperationStrategies'],
): OperationSampling {
  return {
    defaultSamplingProbability: strategy.probabilisticSampling?.samplingRate ?? otherwise,
    defaultLowerBoundTracesPerSecond: 0,
    perOperationStrategies,
    defaultUpperBoundTracesPerSecond: 0,
  };
}

/** A rate limit without operations of its own stays one: clients look at operations first, and would not see it. */
function withDefaults(strategy: SamplingStrategy, defaults: OperationSampling | undefined): SamplingStrategy {
  const own = strategy.operationSampling?.perOperationStrategies;
  if (!defaults || (!own && strategy.rateLimitingSampling)) return strategy;
  const names = new Set(own?.map(({ operation }) => operation));
  const others = defaults.perOperationStrategies.filter(({ operation }) => !names.has(operation));
  return { ...strategy, operationSampling: operationSampling(strategy, [...(own ?? []), ...others]) };
}

type JsonObject = Record<string, unknown>;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidStrategies('', `not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function isRateLimiting(object: JsonObject, path: string): boolean {
  const { type } = object;
  if (type === 'probabilistic' || type === 'ratelimiting') return type === 'ratelimiting';
  throw misplaced(type, `${path}.type`, '"probabilistic" or "ratelimiting"');
}

function probabilityIn(object: JsonObject, path: string): number {
  return numberIn(object.param, `${path}.param`, (value) => value >= 0 && value <= 1, 'a number from 0 to 1');
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < 2 ** 31;
}

function numberIn(value: unknown, path: string, isGood: (value: number) => boolean, wanted: string): number {
  if (typeof value === 'number' && isGood(value)) return value;
  throw misplaced(value, path, wanted);
}

function textIn(value: unknown, path: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw misplaced(value, path, 'a name');
}

function objectIn(value: unknown, path: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw misplaced(value, path, 'an object');
}

/** What is not there is empty. */
function listIn(value: unknown, path: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw misplaced(value, path, 'a list');
}

function misplaced(value: unknown, path: string, wanted: string): InvalidStrategies {
  return new InvalidStrategies(path, `${value === undefined ? 'missing' : shown(value)}, where ${wanted} belongs`);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
