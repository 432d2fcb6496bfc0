/**
 * Remote sampling over HTTP, as Jaeger's agent and collector serve it: `GET /sampling?service=shop`. Jaeger's own
 * paths differ by who serves them, so all of them are here.
 *
 * @see https://www.jaegertracing.io/docs/latest/architecture/apis/#remote-sampling-apis
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerNotFound } from '../../http/app.ts';
import type { SamplingStrategies } from './sampling-strategies.ts';

export function registerSampling(app: FastifyInstance, strategies: SamplingStrategies): void {
  for (const path of ['/', '/sampling', '/api/sampling']) {
    app.get(path, (request, reply) => answerStrategy(request, reply, strategies));
  }
  app.setNotFoundHandler(answerNotFound);
}

function answerStrategy(request: FastifyRequest, reply: FastifyReply, strategies: SamplingStrategies): FastifyReply {
  const { service } = request.query as { service?: string | string[] };
  if (typeof service !== 'string') {
    return reply.code(400).type('text/plain; charset=utf-8').send("'service' parameter must be provided once\n");
  }
  return reply.type('application/json').send(JSON.stringify(strategies.for(service)));
}
