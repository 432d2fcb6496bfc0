import type { GrpcServer } from '../../grpc/grpc-server.ts';
import type { Store } from '../../store/store.ts';
import type { FindDependencies } from '../jaeger/dependency-links.ts';
import { capabilities } from './capabilities.ts';
import { dependencyReader } from './dependency-reader.ts';
import { queryServiceV2 } from './query-v2.ts';
import { queryServiceV3 } from './query-v3.ts';
import { traceReader } from './trace-reader.ts';

/** Jaeger's ways to ask over gRPC. @param find who calls whom, where that is known */
export function registerQueries(server: GrpcServer, store: Store, dependencies?: FindDependencies): void {
  for (const service of [
    queryServiceV2(store, dependencies),
    queryServiceV3(store, dependencies),
    traceReader(store),
    capabilities(),
  ]) {
    server.add(service);
  }
  if (dependencies) server.add(dependencyReader(store, dependencies));
}
