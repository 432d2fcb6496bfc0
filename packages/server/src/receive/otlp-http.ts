/**
 * OTLP/HTTP for traces: `POST /v1/traces`, protobuf or JSON, gzip or deflate. A request is answered with 200
 * once its spans are in the spool. JSON becomes protobuf here, so that everything behind knows one form.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */

import type { IncomingMessage } from 'node:http';
import { DecodeError, writeExportTraceResponse, writeRpcStatus } from '@sightline/wire';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RejectReason } from '../metrics.ts';
import { SpoolFull } from '../spool/spool.ts';
import { translateOtlpJson, translateOtlpProtobuf } from '../translate/otlp.ts';
import { refusalText, type Translation } from '../translate/translation.ts';
import { BodyAborted, BodyReader, BodyTooLarge, TooManyBodies } from './body-reader.ts';
import { decompress, UnknownEncoding } from './decompress.ts';
import { maxBodyBytes, type ReceiverDeps, takeIn } from './intake.ts';

/** Of all bodies that are arriving. */
const maxBodiesBytes = 256 * 1024 * 1024;

const protobufType = 'application/x-protobuf';
const jsonType = 'application/json';

export function registerOtlpHttp(app: FastifyInstance, deps: ReceiverDeps): void {
  app.register(async (scope) => registerRoutes(scope, deps));
}

function registerRoutes(app: FastifyInstance, deps: ReceiverDeps): void {
  // Bodies stay bytes: what they are is decided below, with an answer in OTLP's form.
  app.removeAllContentTypeParsers();
  const bodies = new BodyReader({ maxBytes: maxBodyBytes, maxTotalBytes: maxBodiesBytes });
  app.addContentTypeParser('*', async (_request: FastifyRequest, message: IncomingMessage) => bodies.read(message));
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, deps));
  app.post('/v1/traces', (request, reply) => receiveTraces(request, reply, deps));
  app.route({
    method: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url: '/v1/traces',
    handler: (request, reply) =>
      answerStatus(request, reply.header('allow', 'POST'), 405, 12, 'Send traces with POST.'),
  });
  for (const signal of ['metrics', 'logs']) {
    app.post(`/v1/${signal}`, (request, reply) =>
      answerStatus(
        request,
        reply,
        404,
        12,
        `Sightline takes traces only, no ${signal}: set OTEL_${signal.toUpperCase()}_EXPORTER=none.`,
      ),
    );
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
  const sent = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const body = await decompress(sent, request.headers['content-encoding'], maxBodyBytes);
  const translation = type === jsonType ? translateOtlpJson(body) : translateOtlpProtobuf(body);
  await takeIn(translation, body.length, deps);
  return answerExport(type, reply, translation);
}

function answerExport(type: string, reply: FastifyReply, translation: Translation): FastifyReply {
  const errorMessage = refusalText(translation);
  const response =
    errorMessage === undefined
      ? {}
      : { partialSuccess: { rejectedSpans: String(translation.refusedCount), errorMessage } };
  reply.code(200).type(type);
  return reply.send(type === jsonType ? JSON.stringify(response) : Buffer.from(writeExportTraceResponse(response)));
}

/** What comes out of fastify, the decompressor, the decoders and the spool, as OTLP says it to a sender. */
function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, deps: ReceiverDeps): FastifyReply {
  const reject = (reason: RejectReason, status: number, code: number, message: string): FastifyReply => {
    deps.metrics.rejectedRequest(reason);
    return answerStatus(request, reply, status, code, message);
  };
  if (error instanceof DecodeError) return reject('undecodable', 400, 3, error.message);
  if (error instanceof UnknownEncoding) return reject('unsupported-type', 415, 3, error.message);
  // More of the body is to come, which nobody will read.
  if (error instanceof BodyTooLarge || error instanceof TooManyBodies) reply.header('connection', 'close');
  if (error instanceof BodyTooLarge) return reject('too-large', 413, 8, error.message);
  if (error instanceof TooManyBodies) return reject('too-many', 503, 14, error.message);
  if (error instanceof BodyAborted) return reject('aborted', 400, 3, error.message);
  if (error instanceof SpoolFull) return reject('spool-full', 503, 14, error.message);
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 503;
  const message = error instanceof Error ? error.message : String(error);
  if (status < 500) return reject('undecodable', status, 3, message);
  deps.log.error({ err: error }, 'spans could not be written to the spool');
  return reject('spool-full', 503, 14, 'The spans could not be written to disk. Try again later.');
}

/** `google.rpc.Status` in the request's own encoding; JSON where that is unclear. @param code of gRPC */
function answerStatus(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  code: number,
  message: string,
): FastifyReply {
  if (status === 503) reply.header('retry-after', '5');
  reply.code(status);
  if (contentTypeOf(request) === protobufType) {
    return reply.type(protobufType).send(Buffer.from(writeRpcStatus({ code, message })));
  }
  return reply.type(jsonType).send(JSON.stringify({ code, message }));
}

function contentTypeOf(request: FastifyRequest): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
