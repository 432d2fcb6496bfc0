/**
 * OTLP/HTTP for traces: `POST /v1/traces`, protobuf or JSON, gzip or deflate. A request is answered with 200
 * once its spans are in the spool. JSON becomes protobuf here, so that everything behind knows one form.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
import { writeExportTraceResponse, writeRpcStatus } from '@sightline/wire';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { translateOtlpJson, translateOtlpProtobuf } from '../translate/otlp.ts';
import type { Translation } from '../translate/translation.ts';
import { exportResponse } from './export-response.ts';
import { type ReceiverDeps, takeIn } from './intake.ts';
import { otherSignals, otherSignalText } from './other-signals.ts';
import { contentTypeOf, decompressedBody, receiveBodies } from './span-bodies.ts';

const protobufType = 'application/x-protobuf';
const jsonType = 'application/json';

/** By HTTP status: resource exhausted, unavailable. All other faults of a sender are 3, invalid argument. */
const grpcCodes: Record<number, number> = { 413: 8, 503: 14 };

export function registerOtlpHttp(app: FastifyInstance, deps: ReceiverDeps): void {
  app.register(async (scope) => registerRoutes(scope, deps));
}

function registerRoutes(app: FastifyInstance, deps: ReceiverDeps): void {
  receiveBodies(app, deps, (request, reply, { status, message }) =>
    answerStatus(request, reply, status, grpcCodes[status] ?? 3, message),
  );
  app.post('/v1/traces', (request, reply) => receiveTraces(request, reply, deps));
  app.route({
    method: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url: '/v1/traces',
    handler: (request, reply) =>
      answerStatus(request, reply.header('allow', 'POST'), 405, 12, 'Send traces with POST.'),
  });
  for (const signal of otherSignals) {
    app.post(`/v1/${signal}`, (request, reply) => answerStatus(request, reply, 404, 12, otherSignalText(signal)));
  }
  app.setNotFoundHandler((request, reply) =>
    answerStatus(request, reply, 404, 5, `There is nothing at ${request.url}: traces go to POST /v1/traces.`),
  );
}

async function receiveTraces(request: FastifyRequest, reply: FastifyReply, deps: ReceiverDeps): Promise<FastifyReply> {
  const type = contentTypeOf(request);
  if (type !== protobufType && type !== jsonType) {
    deps.metrics.rejectedRequest('unsupported-type');
    const given = type === '' ? 'no content type' : type;
    return answerStatus(request, reply, 415, 3, `${given} is not taken here: send ${protobufType} or ${jsonType}.`);
  }
  const body = await decompressedBody(request);
  const translation = type === jsonType ? translateOtlpJson(body) : translateOtlpProtobuf(body);
  await takeIn(translation, body.length, deps);
  return answerExport(type, reply, translation);
}

function answerExport(type: string, reply: FastifyReply, translation: Translation): FastifyReply {
  const response = exportResponse(translation);
  reply.code(200).type(type);
  return reply.send(type === jsonType ? JSON.stringify(response) : Buffer.from(writeExportTraceResponse(response)));
}

/** `google.rpc.Status` in the request's own encoding; JSON where that is unclear. @param code of gRPC */
function answerStatus(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  code: number,
  message: string,
): FastifyReply {
  reply.code(status);
  if (contentTypeOf(request) === protobufType) {
    return reply.type(protobufType).send(Buffer.from(writeRpcStatus({ code, message })));
  }
  return reply.type(jsonType).send(JSON.stringify({ code, message }));
}
