import type { FastifyInstance } from 'fastify';
import type { ApiDeps } from './register.ts';

export function registerHealth(app: FastifyInstance, { ready, metrics }: Pick<ApiDeps, 'ready' | 'metrics'>): void {
  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/readyz', async (_, reply) => {
    const isReady = ready();
    if (isReady === true) return { status: 'ready' };
    return reply.code(503).send({ status: 'not ready', reason: isReady || 'still starting' });
  });

  app.get('/metrics', async (_, reply) => {
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics());
  });
}
