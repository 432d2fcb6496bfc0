import { contextWithSpan, rootContext, runWith } from './context.ts';
import { alwaysOff, alwaysOn, type Sampler } from './sampler.ts';
import { configureTracer, defaultLimits } from './settings.ts';
import { Tracer } from './tracer.ts';

const tracer = new Tracer({ name: 'bench', version: '' });
let ended = 0;

function use(sampler: Sampler): void {
  configureTracer({ sampler, limits: defaultLimits, onEnd: () => ended++ });
}

use(alwaysOn);
const parent = contextWithSpan(rootContext, tracer.startSpan('parent', 1, rootContext));

function withAttributes(): void {
  const span = tracer.startSpan('GET /users/:id', 2, rootContext);
  span.setAttribute('http.request.method', 'GET');
  span.setAttribute('url.path', '/users/7');
  span.setAttribute('url.scheme', 'http');
  span.setAttribute('server.port', 8080);
  span.setAttribute('http.route', '/users/:id');
  span.setAttribute('http.response.status_code', 200);
  span.end();
}

export const benches = {
  'start and end, a root': () => tracer.startSpan('root', 1, rootContext).end(),
  'start and end, a child': () => tracer.startSpan('child', 1, parent).end(),
  'start and end, 6 attributes': withAttributes,
  'the child, made active': () => {
    const span = tracer.startSpan('child', 1, parent);
    runWith(contextWithSpan(parent, span), () => ended, undefined, []);
    span.end();
  },
  'an exception': () => {
    const span = tracer.startSpan('child', 1, parent);
    span.recordException({ name: 'TypeError', message: 'no', stack: 'TypeError: no\n    at here' });
    span.end();
  },
  'not sampled, 6 attributes': {
    before: () => use(alwaysOff),
    run: withAttributes,
    after: () => use(alwaysOn),
  },
};
