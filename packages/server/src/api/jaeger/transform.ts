/** OTLP in, the legacy shape out: how Jaeger UI opens a file of OTLP JSON. Nothing is stored. */
import { DecodeError, readTracesJson, type TracesData } from '@sightline/wire';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { envelope, sendErrors, sendPretty } from './envelope.ts';
import { type JaegerTrace, jaegerTrace } from './jaeger-trace.ts';
import { joinPieces, type Piece, piecesOf } from './span-pieces.ts';

const maxBodyBytes = 32 * 1024 * 1024;

export function registerTransform(app: FastifyInstance): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // Whatever it says that it is: Jaeger UI says nothing, and browsers then text/plain.
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxBodyBytes }, (_, body, done) => {
      done(null, body);
    });
    scope.post('/transform', { bodyLimit: maxBodyBytes }, async (request: FastifyRequest<{ Body?: Buffer }>, reply) => {
      try {
        const traces = readTracesJson(request.body ?? new Uint8Array(0));
        return sendPretty(reply, request.query, envelope(jaegerTraces(traces), 0));
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        return sendErrors(reply, 400, [{ code: 400, msg: `The body is not OTLP JSON: ${error.message}` }]);
      }
    });
  });
}

function jaegerTraces({ resourceSpans }: TracesData): JaegerTrace[] {
  const byTrace = new Map<string, Piece[]>();
  for (const piece of piecesOf(resourceSpans)) {
    const { traceId } = piece.span;
    const known = byTrace.get(traceId);
    if (known) known.push(piece);
    else byTrace.set(traceId, [piece]);
  }
  return [...byTrace].map(([traceId, pieces]) => jaegerTrace(traceId, { resourceSpans: joinPieces(pieces) }));
}
