/** What every answer of Jaeger's legacy API is wrapped in. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { failureOf } from '../failure.ts';

export interface JaegerError {
  code?: number;
  msg: string;
  traceID?: string;
}

export interface Envelope<Data> {
  data: Data;
  total: number;
  limit: number;
  offset: number;
  errors: JaegerError[] | null;
}

export function envelope<Data>(data: Data, total: number, errors: JaegerError[] | null = null): Envelope<Data> {
  return { data, total, limit: 0, offset: 0, errors };
}

export function answerErrorsInEnvelope(app: FastifyInstance): void {
  app.setErrorHandler((error, _, reply) => {
    const failure = failureOf(error);
    if (!failure) throw error;
    return sendErrors(reply, failure.status, [{ code: failure.status, msg: failure.message }]);
  });
}

export function sendErrors(reply: FastifyReply, status: number, errors: JaegerError[]): FastifyReply {
  return reply.code(status).send(envelope(null, 0, errors));
}

/** @param query of the request, of which `prettyPrint` asks for lines and indentation */
export function sendPretty(reply: FastifyReply, query: unknown, body: unknown): FastifyReply {
  const pretty = typeof query === 'object' && query !== null && 'prettyPrint' in query ? query.prettyPrint : '';
  const indent = pretty === '' || pretty === 'false' ? undefined : 4;
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body, undefined, indent));
}
