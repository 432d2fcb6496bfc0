import { AttributeBlock } from '../tracer/attributes.ts';
import { rootContext } from '../tracer/context.ts';
import { alwaysOn } from '../tracer/sampler.ts';
import { configureTracer, defaultLimits } from '../tracer/settings.ts';
import type { Span } from '../tracer/span.ts';
import { identify, Tracer } from '../tracer/tracer.ts';
import { SpanBuffer } from './span-buffer.ts';

configureTracer({ sampler: alwaysOn, limits: defaultLimits, onEnd: () => {} });

const buffer = new SpanBuffer(() => ['service.name', 'bench']);
const tracer = new Tracer({ name: 'bench', version: '1.0.0' });
/** As the exporter takes them. */
const spansPerBatch = 1_000;

const connection = new AttributeBlock([
  ...['url.scheme', 'http', 'server.address', 'localhost', 'server.port', 8_080, 'network.protocol.version', '1.1'],
  ...['client.address', '127.0.0.1', 'network.peer.address', '127.0.0.1', 'network.peer.port', 51_234],
]);

function request(): Span {
  const attributes = ['http.request.method', 'GET', 'url.path', '/users/7', 'http.route', '/users/:id'];
  const span = tracer.record(identify(rootContext), rootContext, 'GET /users/:id', 2, attributes, connection);
  span.put('http.response.status_code', 200);
  span.end();
  return span;
}

function failed(): Span {
  const span = tracer.startSpan('POST', 3, rootContext) as Span;
  span.recordException(new TypeError('fetch failed'));
  span.setStatus({ code: 2, message: 'fetch failed' });
  span.end();
  return span;
}

function manual(text: string): Span {
  const span = tracer.startSpan('step', 1, rootContext) as Span;
  span.setAttributes({ 'user.id': 7, text, 'cart.total': 12.5, 'cart.isEmpty': false, tags: ['a', 'b'] });
  span.end();
  return span;
}

/** Encodes it again and again; the price of taking the batches is in it. */
function encoding(span: Span): () => void {
  return () => {
    buffer.add(span);
    if (buffer.spanCount === spansPerBatch) buffer.take();
  };
}

export const benches = {
  'a request that was served, 11 attributes': encoding(request()),
  'a span made by hand, 5 attributes': encoding(manual('short')),
  'the same with 1,000 characters': encoding(manual('x'.repeat(1_000))),
  'the same with 100 that are not ASCII': encoding(manual('ü'.repeat(100))),
  'a failed call with its stack': encoding(failed()),
};
