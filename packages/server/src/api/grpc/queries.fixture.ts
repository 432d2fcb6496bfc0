/** For tests: the gRPC port of `sightline up` over a real store, and grpc-js's client of it. */
import type { Client } from '@grpc/grpc-js';
import { onTestFinished } from 'vitest';
import { grpcClient } from '../../grpc/grpc-client.fixture.ts';
import { createGrpcServer, type GrpcServerOptions, listenGrpc } from '../../grpc/grpc-server.ts';
import type { Store } from '../../store/store.ts';
import type { FindDependencies } from '../jaeger/dependency-links.ts';
import { registerQueries } from './register-queries.ts';

export async function startQueries(
  store: Store,
  { graph, ...options }: Partial<GrpcServerOptions> & { graph?: FindDependencies } = {},
): Promise<{ url: string; client: Client }> {
  const server = createGrpcServer({ host: '127.0.0.1', log: { error: console.error }, ...options });
  registerQueries(server, store, graph);
  const url = await listenGrpc(server, '127.0.0.1', 0, '--grpc-port');
  onTestFinished(() => server.close());
  return { url, client: grpcClient(url) };
}
