/** Everything that the HTTP port serves but the pages: our API, Jaeger's, and the health checks. */
import type { StatusResponse } from '@sightline/wire';
import type { FastifyInstance } from 'fastify';
import type { Store } from '../store/store.ts';
import { registerHealth } from './health.ts';
import { registerJaeger } from './jaeger.ts';
import { registerPrometheusSpans } from './prometheus-spans.ts';
import { registerV1 } from './v1.ts';

export interface ApiDeps {
  store: Store;
  status(): Promise<StatusResponse>;
  /** In Prometheus' text format. */
  metrics(): Promise<string>;
  /** True, or why not yet. */
  ready(): boolean | string;
  /** Whether it answers questions about traces; else only how it is itself. Default true. */
  hasQueries?: boolean;
}

export function registerApi(app: FastifyInstance, deps: ApiDeps): void {
  registerHealth(app, deps);
  app.register(async (scope) => registerV1(scope, deps), { prefix: '/api/v1' });
  if (deps.hasQueries === false) return;
  app.register(async (scope) => registerPrometheusSpans(scope, deps.store), { prefix: '/metrics' });
  app.register(async (scope) => registerJaeger(scope, deps.store), { prefix: '/api' });
}
