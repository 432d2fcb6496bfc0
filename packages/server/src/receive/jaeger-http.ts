/**
 * Jaeger's collector over HTTP: `POST /api/traces`, a Thrift batch in the binary protocol (or the compact one, which
 * its first byte tells). As Jaeger's own, it answers 202, and errors in plain text. Spans that are refused singly
 * are named in the 202's text, since nothing else can carry it; where all of them are, the answer is 400.
 *
 * @see https://www.jaegertracing.io/docs/latest/apis/
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { translateJaegerThrift } from '../translate/jaeger-thrift.ts';
import { refusalText } from '../translate/translation.ts';
import { type ReceiverDeps, takeIn } from './intake.ts';
import { contentTypeOf, decompressedBody, receiveBodies } from './span-bodies.ts';

const thriftTypes: readonly string[] = [
  'application/vnd.apache.thrift.binary',
  'application/vnd.apache.thrift.compact',
  'application/x-thrift',
];

export function registerJaegerHttp(app: FastifyInstance, deps: ReceiverDeps): void {
  app.register(async (scope) => registerRoutes(scope, deps));
}

function registerRoutes(app: FastifyInstance, deps: ReceiverDeps): void {
  receiveBodies(app, deps, (_request, reply, { status, message }) =>
    answer(reply, status, `Unable to process request body: ${message}`),
  );
  app.post('/api/traces', (request, reply) => receiveBatch(request, reply, deps));
  app.route({
    method: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url: '/api/traces',
    handler: (_request, reply) =>
      answer(reply.header('allow', 'POST'), 405, 'Send batches with POST; traces are read from the port of the UI.'),
  });
  app.setNotFoundHandler((request, reply) =>
    answer(reply, 404, `There is nothing at ${request.url}: batches go to POST /api/traces.`),
  );
}

async function receiveBatch(request: FastifyRequest, reply: FastifyReply, deps: ReceiverDeps): Promise<FastifyReply> {
  const type = contentTypeOf(request);
  if (!thriftTypes.includes(type)) {
    deps.metrics.rejectedRequest('unsupported-type');
    return answer(reply, 400, `Unsupported content type: ${type || 'none'}. Send one of ${thriftTypes.join(', ')}.`);
  }
  const body = await decompressedBody(request);
  const translation = translateJaegerThrift(body);
  await takeIn(translation, body.length, deps);
  const refusal = refusalText(translation);
  if (refusal === undefined) return reply.code(202).send();
  return answer(reply, translation.spanCount > 0 ? 202 : 400, refusal);
}

function answer(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(`${message}\n`);
}
