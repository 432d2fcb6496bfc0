import type { SpanNameInfo } from '@sightline/wire';
import { InvalidParameter } from '../../query/invalid-parameter.ts';
import { findSpanNames } from '../../query/services.ts';
import type { ReadableStore } from '../../store/store.ts';
import { jaegerKinds, kindNumber } from './span-tags.ts';

/** Jaeger's word for a span's name and kind; the kind is empty where a span says none. */
export interface Operation {
  name: string;
  spanKind: (typeof jaegerKinds)[number];
}

/** Jaeger lists them without a limit. */
const allNames = 100_000;

/** @param asked.spanKind only those of a kind; empty for all. @throws InvalidParameter */
export async function findOperations(
  store: ReadableStore,
  asked: { service?: string | undefined; spanKind?: string | undefined },
): Promise<Operation[]> {
  const { service, spanKind } = asked;
  if (!service) throw new InvalidParameter('missing-service', 'service', "parameter 'service' is required");
  const kind = spanKind ? { kind: knownKind(spanKind) } : {};
  const found = await findSpanNames(store, { service, limit: allNames, ...kind });
  return found.map(operationOf);
}

function operationOf({ name, kind }: SpanNameInfo): Operation {
  return { name, spanKind: jaegerKinds[kind] };
}

function knownKind(spanKind: string): NonNullable<ReturnType<typeof kindNumber>> {
  const kind = kindNumber(spanKind);
  if (kind !== undefined) return kind;
  throw new InvalidParameter(
    'invalid-span-kind',
    'spanKind',
    `unsupported span kind: '${spanKind}': give one of ${jaegerKinds.slice(1).join(', ')}`,
  );
}
