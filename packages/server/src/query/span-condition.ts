import { attributeCondition, type KeyPlaces } from './attribute-filter.ts';
import type { SpanConditions } from './search-query.ts';
import type { SqlParameters } from './sql-parameters.ts';

const statusCodes = { unset: 0, ok: 1, error: 2 } as const;

/** SQL for a row of `spans` that fulfils the conditions on its plain columns, quick to read. */
export function columnConditions(conditions: SpanConditions, parameters: SqlParameters): string[] {
  const { service, name, kind, status, minDurationNano, maxDurationNano, scopeName, scopeVersion } = conditions;
  const all: string[] = [];
  if (service !== undefined) all.push(`service_name = ${parameters.bind('String', service)}`);
  if (name !== undefined) all.push(`name = ${parameters.bind('String', name)}`);
  if (kind !== undefined) all.push(`kind = ${parameters.bind('UInt8', kind)}`);
  if (status !== undefined) all.push(`status_code = ${parameters.bind('UInt8', statusCodes[status])}`);
  if (minDurationNano !== undefined) all.push(`duration_nano >= ${parameters.bind('UInt64', minDurationNano)}`);
  if (maxDurationNano !== undefined) all.push(`duration_nano <= ${parameters.bind('UInt64', maxDurationNano)}`);
  if (scopeName !== undefined) all.push(`scope_name = ${parameters.bind('String', scopeName)}`);
  if (scopeVersion !== undefined) all.push(`scope_version = ${parameters.bind('String', scopeVersion)}`);
  return all;
}

/** SQL for a row of `spans` that fulfils the conditions on attributes: maps, which take longest to read. */
export function attributeConditions(
  conditions: SpanConditions,
  places: KeyPlaces,
  parameters: SqlParameters,
): string[] {
  return conditions.attributes.map((filter) => attributeCondition(filter, places, parameters));
}
