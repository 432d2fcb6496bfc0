/** Everything that the HTTP port serves but the pages: our API, Jaeger's, and the health checks. */
import type { StatusResponse } from '@sightline/wire';
import type { FastifyInstance } from 'fastify';
import type { Dependencies } from '../query/dependencies.ts';
import type { Store } from '../store/store.ts';
import { registerHealth } from './health.ts';
import { registerJaeger } from './jaeger/legacy-http.ts';
import { registerJaegerV3 } from './jaeger/v3-http.ts';
import { registerMcp } from './mcp/mcp.ts';
import { registerPrometheusSpans } from './prometheus-spans.ts';
import { registerTempo } from './tempo/tempo.ts';
import { registerV1 } from './v1.ts';

export interface ApiDeps {
  store: Store;
  /** Of this server. */
  version: string;
  status(): Promise<StatusResponse>;
  /** In Prometheus' text format. */
  metrics(): Promise<string>;
  /** True, or why not yet. */
  ready(): boolean | string;
  /** Shared by all doors: it remembers what it has found. */
  dependencies: Dependencies;
  /** Whether it answers questions about traces; else only how it is itself. Default true. */
  hasQueries?: boolean;
}

export function registerApi(app: FastifyInstance, deps: ApiDeps): void {
  registerHealth(app, deps);
  app.register(async (scope) => registerV1(scope, deps), { prefix: '/api/v1' });
  if (deps.hasQueries === false) return;
  app.register(async (scope) => registerMcp(scope, deps), { prefix: '/api' });
  app.register(async (scope) => registerPrometheusSpans(scope, deps.store), { prefix: '/metrics' });
  app.register(async (scope) => registerJaeger(scope, deps.store, deps.dependencies), { prefix: '/api' });
  app.register(async (scope) => registerTempo(scope, deps.store), { prefix: '/api' });
  app.register(async (scope) => registerJaegerV3(scope, deps.store), { prefix: '/api/v3' });
}
