/**
 * `propagation` of `@opentelemetry/api` on our propagation. The program's getters and setters are
 * called outside of the guard: what they throw is the program's own affair.
 */
import type * as api from '@opentelemetry/api';
import { guard } from '../guard.ts';
import { ownContext } from './api-context-manager.ts';
import { type Context, rootContext } from './context.ts';
import { inject, propagationFields, readHeaders } from './propagation.ts';

const read = guard('api.propagation.extract', readHeaders);
const write = guard('api.propagation.inject', (context: Context): [name: string, value: string][] => {
  const headers: [string, string][] = [];
  inject(context, (name, value) => headers.push([name, value]));
  return headers;
});

export const propagator: api.TextMapPropagator = {
  inject(context: api.Context, carrier: unknown, setter: api.TextMapSetter): void {
    for (const [name, value] of write(ownContext(context)) ?? []) setter.set(carrier, name, value);
  },

  extract(context: api.Context, carrier: unknown, getter: api.TextMapGetter): api.Context {
    const traceParent = getter.get(carrier, 'traceparent');
    const traceState = getter.get(carrier, 'tracestate');
    const baggage = getter.get(carrier, 'baggage');
    const onto = ownContext(context ?? rootContext);
    return read(traceParent, traceState, baggage, onto) ?? onto;
  },

  fields: propagationFields,
};
