/**
 * `/api/v2/traces/{id}`: a trace within an answer; and `/api/traces/{id}`, the trace alone, for those who ask for protobuf.
 * Tempo's `Trace` has the bytes of OTLP's `TracesData`, and `TraceByIDResponse` holds it in field 1.
 */
import { ForwardWriter, type TracesData, writeTraces } from '@sightline/wire';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { findTraceId } from '../../query/find-trace-id.ts';
import { findTrace } from '../../query/trace.ts';
import type { Store } from '../../store/store.ts';
import { traceNotFound } from '../failure.ts';
import { lookupFor } from '../reading.ts';
import { wantsProtobuf } from '../wants-protobuf.ts';

interface TracePath {
  Params: { traceId: string };
}

const traceField = 0x0a;

export function registerTempoTraces(app: FastifyInstance, store: Store): void {
  app.get<TracePath>('/v2/traces/:traceId', async (request, reply) => {
    const trace = await readTrace(request, store);
    reply.header('vary', 'accept');
    if (!wantsProtobuf(request)) return { trace, metrics: {} };
    return sendProtobuf(reply, withinField(writeTraces(trace)));
  });
}

/** The trace alone. */
export async function answerTempoTrace(
  request: FastifyRequest<TracePath>,
  reply: FastifyReply,
  store: Store,
): Promise<FastifyReply> {
  return sendProtobuf(reply, writeTraces(await readTrace(request, store)));
}

async function readTrace(request: FastifyRequest<TracePath>, store: Store): Promise<TracesData> {
  const lookup = lookupFor(request, store);
  const { traceId } = request.params;
  const trace = await findTrace(lookup, await findTraceId(lookup, traceId));
  if (!trace) throw traceNotFound(traceId);
  return trace;
}

function sendProtobuf(reply: FastifyReply, bytes: Uint8Array): FastifyReply {
  return reply.type('application/protobuf').send(bytes);
}

function withinField(bytes: Uint8Array): Uint8Array {
  const head = new ForwardWriter(8);
  head.byte(traceField);
  head.varint(bytes.length);
  return Buffer.concat([head.written(), bytes]);
}
