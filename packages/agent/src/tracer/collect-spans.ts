/** For tests, of the tracer and of the libraries: what the tracer made, in a form to compare with. */
import type { SpanKindNumber, StatusCodeNumber } from '@sightline/wire';
import type { AttributeList, AttributeMap, AttributeValue } from './attributes.ts';
import { alwaysOn, type Sampler } from './sampler.ts';
import { configureTracer, defaultLimits, type SpanLimits } from './settings.ts';
import type { Span } from './span.ts';

/**
 * Configures the tracer to sample everything, unless told otherwise.
 * @returns the spans that end from now on, in that order; grows while they end
 */
export function collectSpans(options: { sampler?: Sampler; limits?: Partial<SpanLimits> } = {}): Span[] {
  const spans: Span[] = [];
  configureTracer({
    sampler: options.sampler ?? alwaysOn,
    limits: { ...defaultLimits, ...options.limits },
    onEnd: (span) => spans.push(span),
  });
  return spans;
}

export interface PlainSpan {
  name: string;
  kind: SpanKindNumber;
  attributes: AttributeMap;
  status: { code: StatusCodeNumber; message: string };
  events: { name: string; attributes: AttributeMap }[];
}

/** Without ids and times, which differ from run to run. */
export function plainSpan(span: Span): PlainSpan {
  return {
    name: span.name,
    kind: span.kind,
    attributes: attributeMap(span.attributes),
    status: { code: span.statusCode, message: span.statusMessage },
    events: (span.events ?? []).map((event) => ({ name: event.name, attributes: attributeMap(event.attributes) })),
  };
}

export function attributeMap(list: AttributeList): AttributeMap {
  const map: Record<string, AttributeValue> = {};
  for (let i = 0; i < list.length; i += 2) map[String(list[i])] = list[i + 1] as AttributeValue;
  return map;
}
