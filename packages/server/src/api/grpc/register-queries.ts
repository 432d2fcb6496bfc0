import type { GrpcServer } from '../../grpc/grpc-server.ts';
import type { Store } from '../../store/store.ts';
import { capabilities } from './capabilities.ts';
import { queryServiceV2 } from './query-v2.ts';
import { queryServiceV3 } from './query-v3.ts';
import { traceReader } from './trace-reader.ts';

/** Jaeger's ways to ask over gRPC. */
export function registerQueries(server: GrpcServer, store: Store): void {
  for (const service of [queryServiceV2(store), queryServiceV3(store), traceReader(store), capabilities()]) {
    server.add(service);
  }
}
