/** Services and operations, which all of Jaeger's services are asked for alike. */
import { type Field, field, message } from '@sightline/wire';
import type { GrpcMethod } from '../../grpc/run-method.ts';
import { findServices } from '../../query/services.ts';
import type { Store } from '../../store/store.ts';
import { findOperations } from '../jaeger/operations.ts';
import { unaryQuery } from './query-method.ts';

export function getServices(store: Store, packageName: string): GrpcMethod {
  const types = {
    request: message(`${packageName}.GetServicesRequest`),
    response: message(`${packageName}.GetServicesResponse`, field(1, 'services', 'string', { repeated: true })),
  };
  return unaryQuery(store, types, async (_, { lookup }) => {
    return { services: (await findServices(lookup)).map(({ name }) => name) };
  });
}

/** @param fieldsOf the response's fields: the oldest version has the bare names, too */
export function getOperations(
  store: Store,
  packageName: string,
  fieldsOf: (operations: (number: number) => Field) => Field[] = (operations) => [operations(1)],
): GrpcMethod {
  const operation = message(`${packageName}.Operation`, field(1, 'name', 'string'), field(2, 'spanKind', 'string'));
  const operationsField = (number: number): Field =>
    field(number, 'operations', 'message', { repeated: true, message: operation });
  const types = {
    request: message(
      `${packageName}.GetOperationsRequest`,
      field(1, 'service', 'string'),
      field(2, 'spanKind', 'string'),
    ),
    response: message(`${packageName}.GetOperationsResponse`, ...fieldsOf(operationsField)),
  };
  return unaryQuery(store, types, async (request: { service?: string; spanKind?: string }, { lookup }) => {
    const operations = await findOperations(lookup, request);
    return { operationNames: [...new Set(operations.map(({ name }) => name))], operations };
  });
}
