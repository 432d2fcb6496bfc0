/** Jaeger's page of the architecture: who calls whom. */
import type { FastifyInstance } from 'fastify';
import { InvalidParameter } from '../../query/invalid-parameter.ts';
import { before } from '../../query/time-range.ts';
import type { Store } from '../../store/store.ts';
import { QueryString } from '../query-string.ts';
import { searchFor } from '../reading.ts';
import { dependencyLinks, type FindDependencies } from './dependency-links.ts';
import { envelope } from './envelope.ts';

const dayMs = 86_400_000;

export function registerJaegerDependencies(app: FastifyInstance, store: Store, dependencies: FindDependencies): void {
  app.get('/dependencies', async (request) => {
    const query = QueryString.lenient(request.query, ['endTs', 'lookback', 'service']);
    const endUnixNano = nanoOf(readMs(query, 'endTs') ?? Date.now());
    const startUnixNano = before(endUnixNano, nanoOf(readMs(query, 'lookback') ?? dayMs));
    const { edges } = await dependencies.find(searchFor(request, store), { startUnixNano, endUnixNano });
    return envelope(dependencyLinks(edges, query.text('service')), 0);
  });
}

function nanoOf(ms: number): bigint {
  return BigInt(ms) * 1_000_000n;
}

function readMs(query: QueryString, name: string): number | undefined {
  const text = query.text(name);
  if (text === undefined) return undefined;
  if (/^\d{1,13}$/.test(text)) return Number(text);
  throw new InvalidParameter(
    `invalid-${name}`,
    name,
    `${name}=${JSON.stringify(text)} is not a number of milliseconds.`,
  );
}
