/** Our own API: traces that are asked for by their ids. */
import { Readable } from 'node:stream';
import { type ExplanationResponse, type WholeTracesResponse, writeTraces } from '@sightline/wire';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { explain } from '../explain/explanation.ts';
import { findTraceId } from '../query/find-trace-id.ts';
import { InvalidParameter } from '../query/invalid-parameter.ts';
import type { StoredTrace } from '../query/stored-trace.ts';
import { findTraces, parseTraceId, readTrace } from '../query/trace.ts';
import { type Store, StoreError } from '../store/store.ts';
import { traceNotFound } from './failure.ts';
import { QueryString } from './query-string.ts';
import { lookupFor } from './reading.ts';
import { wantsProtobuf } from './wants-protobuf.ts';

const maxWholeTraces = 100;
const protobuf = 'application/x-protobuf';
const json = 'application/json; charset=utf-8';

interface TracePath {
  Params: { traceId: string };
}

interface NamedTrace {
  traceId: string;
  trace: StoredTrace;
}

export function registerTrace(app: FastifyInstance, store: Store): void {
  app.get<TracePath>('/traces/:traceId', async (request, reply) => {
    const query = new QueryString(request.query, ['download']);
    const { traceId, trace } = await findNamed(request, store);
    const wantsBytes = wantsProtobuf(request);
    if (query.flag('download')) {
      const name = `trace-${traceId}.${wantsBytes ? 'pb' : 'json'}`;
      reply.header('content-disposition', `attachment; filename="${name}"`);
    }
    reply.header('vary', 'accept');
    if (wantsBytes) return reply.type(protobuf).send(writeTraces(await trace.data()));
    return reply.type(json).send(Readable.from(trace.json()));
  });

  app.get('/whole-traces', async (request): Promise<WholeTracesResponse> => {
    const traceIds = readTraceIds(new QueryString(request.query, ['traceId']));
    const found = await findTraces(lookupFor(request, store), traceIds);
    return {
      traces: traceIds.flatMap((traceId) => {
        const trace = found.get(traceId);
        return trace ? [{ traceId, ...trace }] : [];
      }),
    };
  });

  app.get<TracePath>('/traces/:traceId/explanation', async (request): Promise<ExplanationResponse> => {
    new QueryString(request.query, []);
    const { traceId, trace } = await findNamed(request, store);
    return explain(traceId, await trace.data());
  });
}

async function findNamed(request: FastifyRequest<TracePath>, store: Store): Promise<NamedTrace> {
  const lookup = lookupFor(request, store);
  const traceId = await findTraceId(lookup, request.params.traceId);
  const trace = await readTrace(lookup, traceId);
  if (!trace) throw notFoundIn(await store.missing(), request.params.traceId);
  return { traceId, trace };
}

/** A trace is on one shard as a whole, perhaps on one that does not answer. */
function notFoundIn(missing: readonly string[], traceId: string): Error {
  if (missing.length === 0) return traceNotFound(traceId);
  const message = `Trace ${traceId} may be on ${missing.join(' or ')}, which does not answer: try again later.`;
  return new StoreError('store-unreachable', message);
}

function readTraceIds(query: QueryString): string[] {
  const traceIds = [...new Set(query.texts('traceId').map(parseTraceId))];
  if (traceIds.length >= 1 && traceIds.length <= maxWholeTraces) return traceIds;
  const given = traceIds.length === 0 ? 'Which traces?' : `${traceIds.length} traces are too many at once.`;
  throw new InvalidParameter('invalid-trace-ids', 'traceId', `${given} Give 1 to ${maxWholeTraces} trace ids.`);
}
