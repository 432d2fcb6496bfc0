/** Who calls whom, as all versions ask it. @see https://github.com/jaegertracing/jaeger-idl/tree/main/proto */
import { type Field, field, message } from '@sightline/wire';
import type { GrpcService } from '../../grpc/grpc-server.ts';
import type { GrpcMethod } from '../../grpc/run-method.ts';
import { InvalidParameter } from '../../query/invalid-parameter.ts';
import type { Store } from '../../store/store.ts';
import type { ProtoTime } from '../../translate/protobuf-time.ts';
import { dependencyLinks, type FindDependencies } from '../jaeger/dependency-links.ts';
import { timeField, unixNanoOf } from './query-messages.ts';
import { unaryQuery } from './query-method.ts';

export function dependencyReader(store: Store, dependencies: FindDependencies): GrpcService {
  const packageName = 'jaeger.storage.v2';
  const names = { response: 'GetDependenciesResponse', link: 'Dependency' };
  return {
    name: `${packageName}.DependencyReader`,
    methods: { GetDependencies: getDependencies(store, dependencies, { packageName, ...names, source: true }) },
  };
}

interface Version {
  packageName: string;
  /** What its messages are called. */
  response: string;
  link: string;
  /** Whether it tells where a link comes from. */
  source: boolean;
}

export function getDependencies(store: Store, dependencies: FindDependencies, version: Version): GrpcMethod {
  const { packageName, response, link, source } = version;
  const sourceField: Field[] = source ? [field(4, 'source', 'string')] : [];
  const types = {
    request: message(`${packageName}.GetDependenciesRequest`, timeField(1, 'startTime'), timeField(2, 'endTime')),
    response: message(
      `${packageName}.${response}`,
      field(1, 'dependencies', 'message', {
        repeated: true,
        message: message(
          `${packageName}.${link}`,
          field(1, 'parent', 'string'),
          field(2, 'child', 'string'),
          field(3, 'callCount', 'uint64'),
          ...sourceField,
        ),
      }),
    ),
  };
  return unaryQuery(store, types, async (request: { startTime?: ProtoTime; endTime?: ProtoTime }, { search }) => {
    const { edges } = await dependencies.find(search, rangeOf(request));
    return { dependencies: dependencyLinks(edges) };
  });
}

function rangeOf({ startTime, endTime }: { startTime?: ProtoTime; endTime?: ProtoTime }): {
  startUnixNano: bigint;
  endUnixNano: bigint;
} {
  const startUnixNano = unixNanoOf(startTime);
  const endUnixNano = unixNanoOf(endTime);
  if (startUnixNano === undefined || endUnixNano === undefined) {
    throw new InvalidParameter('missing-time-range', 'start_time', 'start_time and end_time are required');
  }
  if (startUnixNano <= endUnixNano) return { startUnixNano, endUnixNano };
  throw new InvalidParameter('invalid-time-range', 'end_time', 'end_time must be after start_time');
}
