import type * as api from '@opentelemetry/api';
import { tracerProvider } from './api-tracer.ts';
import { rootContext } from './context.ts';
import { alwaysOn } from './sampler.ts';
import { configureTracer, defaultLimits } from './settings.ts';

let ended = 0;
configureTracer({ sampler: alwaysOn, limits: defaultLimits, onEnd: () => ended++ });

const tracer = tracerProvider.getTracer('bench');
const options = { attributes: { a: 1, b: 'two', c: true } };
const end = (span: api.Span): void => span.end();

export const benches = {
  'startSpan, 3 attributes': () => tracer.startSpan('manual', options, rootContext).end(),
  'startActiveSpan, 3 attributes': () => tracer.startActiveSpan('manual', options, rootContext, end),
};
