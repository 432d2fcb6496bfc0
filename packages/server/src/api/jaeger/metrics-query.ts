/** The parameters of Jaeger's span metrics, which its Monitor tab asks for. Times are milliseconds. */
import type { SpanKindNumber } from '@sightline/wire';
import { InvalidParameter } from '../../query/invalid-parameter.ts';
import { QueryString } from '../query-string.ts';
import { jaegerKinds, kindNumber } from './span-tags.ts';

const parameters = [
  'service',
  'quantile',
  'groupByOperation',
  'endTs',
  'lookback',
  'step',
  'ratePer',
  'spanKind',
] as const;

export interface MetricsQuery {
  services: readonly string[];
  /** 0 to 1. Of latencies. */
  quantile?: number;
  groupByOperation: boolean;
  /** Of the last point. */
  endMs: number;
  /** How far before it the first point is. */
  lookbackMs: number;
  stepMs: number;
  /** What each point looks back on. */
  ratePerMs: number;
  kinds: readonly SpanKindNumber[];
}

const minuteMs = 60_000;
const maxPoints = 10_000;
const serverKind: SpanKindNumber = 2;

/** Spans are counted by the minute: a shorter step is one, and what is no multiple becomes the next. */
export const minStepMs: number = minuteMs;

/** @throws InvalidParameter */
export function readMetricsQuery(raw: unknown): MetricsQuery {
  const query = QueryString.lenient(raw, parameters);
  const services = query.texts('service');
  if (services.length === 0) {
    throw new InvalidParameter('missing-service', 'service', 'please provide at least one service name');
  }
  const kinds = query.texts('spanKind').map(parseKind);
  const quantile = parseQuantile(query.text('quantile'));
  const lookbackMs = readMs(query, 'lookback') ?? 60 * minuteMs;
  const stepMs = wholeMinutes(readMs(query, 'step') ?? minStepMs);
  checkPoints(lookbackMs, stepMs);
  return {
    services,
    ...(quantile === undefined ? {} : { quantile }),
    groupByOperation: query.flag('groupByOperation'),
    endMs: readMs(query, 'endTs') ?? Date.now(),
    lookbackMs,
    stepMs,
    ratePerMs: wholeMinutes(readMs(query, 'ratePer') ?? 10 * minuteMs),
    kinds: kinds.length === 0 ? [serverKind] : kinds,
  };
}

function readMs(query: QueryString, name: string): number | undefined {
  const text = query.text(name);
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidParameter(
    `invalid-${name}`,
    name,
    `${name}=${JSON.stringify(text)} is not a number of milliseconds.`,
  );
}

function wholeMinutes(ms: number): number {
  return Math.max(1, Math.ceil(ms / minuteMs)) * minuteMs;
}

function checkPoints(lookbackMs: number, stepMs: number): void {
  const points = Math.ceil(lookbackMs / stepMs);
  if (points <= maxPoints) return;
  const message = `lookback=${lookbackMs} in steps of ${stepMs} ms are ${points} points: ask for ${maxPoints} at most.`;
  throw new InvalidParameter('too-many-points', 'step', message);
}

function parseQuantile(text: string | undefined): number | undefined {
  const quantile = Number(text);
  if (text === undefined || (quantile >= 0 && quantile <= 1)) return text === undefined ? undefined : quantile;
  throw new InvalidParameter(
    'invalid-quantile',
    'quantile',
    `quantile=${JSON.stringify(text)} is not a number from 0 to 1.`,
  );
}

/** `server`, or OTLP's name for it. */
function parseKind(text: string): SpanKindNumber {
  const kind = kindNumber(text.replace(/^SPAN_KIND_/i, ''));
  if (kind !== undefined) return kind;
  throw new InvalidParameter(
    'invalid-span-kind',
    'spanKind',
    `unsupported span kind: '${text}': give one of ${jaegerKinds.slice(1).join(', ')}`,
  );
}
