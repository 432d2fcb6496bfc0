/** What the HTTP receivers have in common: bodies as bytes, and what went wrong as a status and a counted reason. */
import type { IncomingMessage } from 'node:http';
import { DecodeError } from '@sightline/wire';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RejectReason } from '../metrics.ts';
import { SpoolFull } from '../spool/spool.ts';
import { BodyAborted, BodyReader, BodyTooLarge, TooManyBodies } from './body-reader.ts';
import { decompress, UnknownEncoding } from './decompress.ts';
import { maxBodyBytes, type ReceiverDeps } from './intake.ts';

/** Of all bodies that are arriving. */
const maxBodiesBytes = 256 * 1024 * 1024;

export interface Rejection {
  status: number;
  message: string;
}

/**
 * Leaves bodies as the bytes they are, whatever their type, and answers what is thrown on the way to the spool.
 * @param answer says it in the format's own form
 */
export function receiveBodies(
  app: FastifyInstance,
  deps: ReceiverDeps,
  answer: (request: FastifyRequest, reply: FastifyReply, rejection: Rejection) => FastifyReply,
): void {
  app.removeAllContentTypeParsers();
  const bodies = new BodyReader({ maxBytes: maxBodyBytes, maxTotalBytes: maxBodiesBytes });
  app.addContentTypeParser('*', async (_request: FastifyRequest, message: IncomingMessage) => bodies.read(message));
  app.setErrorHandler((error, request, reply) => {
    const { reason, ...rejection } = rejectionOf(error, deps);
    deps.metrics.rejectedRequest(reason);
    // More of the body is to come, which nobody will read.
    if (error instanceof BodyTooLarge || error instanceof TooManyBodies) reply.header('connection', 'close');
    if (rejection.status === 503) reply.header('retry-after', '5');
    return answer(request, reply, rejection);
  });
}

/** @throws BodyTooLarge, UnknownEncoding, DecodeError */
export function decompressedBody(request: FastifyRequest): Promise<Buffer> {
  const sent = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return decompress(sent, request.headers['content-encoding'], maxBodyBytes);
}

/** In lower case, without parameters; '' where there is none. */
export function contentTypeOf(request: FastifyRequest): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** What comes out of fastify, the decompressor, the decoders and the spool. */
function rejectionOf(error: unknown, deps: ReceiverDeps): Rejection & { reason: RejectReason } {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof DecodeError) return { reason: 'undecodable', status: 400, message };
  if (error instanceof UnknownEncoding) return { reason: 'unsupported-type', status: 415, message };
  if (error instanceof BodyTooLarge) return { reason: 'too-large', status: 413, message };
  if (error instanceof TooManyBodies) return { reason: 'too-many', status: 503, message };
  if (error instanceof BodyAborted) return { reason: 'aborted', status: 400, message };
  if (error instanceof SpoolFull) return { reason: 'spool-full', status: 503, message };
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 503;
  if (status < 500) return { reason: 'undecodable', status, message };
  deps.log.error({ err: error }, 'spans could not be written to the spool');
  return {
    reason: 'spool-full',
    status: 503,
    message: 'The spans could not be written to disk. Try again later.',
  };
}
