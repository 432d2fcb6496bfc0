import { setImmediate } from 'node:timers/promises';
import type { InstrumentationScope, Resource, ResourceSpans, ScopeSpans, TracesData } from '@sightline/wire';
import type { ReadableStore } from '../store/store.ts';
import { InvalidParameter } from './invalid-parameter.ts';
import { attributesFromJson, attributesOf, type SpanRow, spanOf, spanRowColumns } from './span-row.ts';
import { inTraceIds } from './trace-summaries.ts';

/**
 * One whole trace as OTLP, with everything that came in; spans by start time, under their resource and
 * scope. A span that arrived twice, the same in every field, is given once.
 * @returns undefined where no span of it is known
 */
export async function findTrace(store: ReadableStore, traceId: string): Promise<TracesData | undefined> {
  return (await findTraces(store, [traceId])).get(traceId);
}

/** @returns by trace id; one of which no span is known is left out */
export async function findTraces(store: ReadableStore, traceIds: readonly string[]): Promise<Map<string, TracesData>> {
  if (traceIds.length === 0) return new Map();
  const rows = await store.query<SpanRow>(
    `SELECT ${spanRowColumns} FROM spans
     PREWHERE ${inTraceIds}
     ORDER BY start_unix_nano, span_id`,
    { traceIds },
  );
  const byTrace = new Map<string, SpanRow[]>();
  for (const row of rows) {
    const known = byTrace.get(row.trace_id);
    if (known) known.push(row);
    else byTrace.set(row.trace_id, [row]);
  }
  const traces = new Map<string, TracesData>();
  for (const [traceId, ofTrace] of byTrace) traces.set(traceId, await groupSpans(ofTrace));
  return traces;
}

/** 32 hex digits, or 16 as some clients write an id whose first half is zero. */
export function parseTraceId(text: string): string {
  if (/^([0-9a-f]{16}|[0-9a-f]{32})$/i.test(text)) return text.toLowerCase().padStart(32, '0');
  throw new InvalidParameter(
    'invalid-trace-id',
    'traceId',
    `${JSON.stringify(text)} is not a trace id: give its 32 hex digits.`,
  );
}

/** The event loop gets a turn after so many spans. */
const sliceSpans = 1000;

async function groupSpans(rows: SpanRow[]): Promise<TracesData> {
  const seen = new Map<string, SpanRow | Set<string>>();
  const resources = new Map<string, ResourceSpans>();
  const scopes = new Map<string, ScopeSpans>();
  for (const [index, row] of rows.entries()) {
    if (index % sliceSpans === sliceSpans - 1) await setImmediate();
    if (isRepeated(row, seen)) continue;
    const resourceKey = resourceKeyOf(row);
    const scopeKey = `${resourceKey}${scopeKeyOf(row)}`;
    let scope = scopes.get(scopeKey);
    if (!scope) {
      scope = scopeSpansOf(row);
      scopes.set(scopeKey, scope);
      const resource = resources.get(resourceKey) ?? resourceSpansOf(row);
      resources.set(resourceKey, resource);
      resource.scopeSpans.push(scope);
    }
    scope.spans.push(spanOf(row));
  }
  return { resourceSpans: [...resources.values()] };
}

/** Looks closely only at rows with the same span id. @param seen by span id: the row, or the texts of several */
function isRepeated(row: SpanRow, seen: Map<string, SpanRow | Set<string>>): boolean {
  const known = seen.get(row.span_id);
  if (!known) {
    seen.set(row.span_id, row);
    return false;
  }
  const texts = known instanceof Set ? known : new Set([JSON.stringify(known)]);
  seen.set(row.span_id, texts);
  return texts.size === texts.add(JSON.stringify(row)).size;
}

function resourceKeyOf(row: SpanRow): string {
  return JSON.stringify([
    row.resource_string,
    row.resource_int,
    row.resource_double,
    row.resource_bool,
    row.resource_other,
    row.resource_dropped,
    row.resource_schema_url,
  ]);
}

function scopeKeyOf(row: SpanRow): string {
  return JSON.stringify([
    row.scope_name,
    row.scope_version,
    row.scope_attributes,
    row.scope_dropped,
    row.scope_schema_url,
  ]);
}

function resourceSpansOf(row: SpanRow): ResourceSpans {
  const resource: Resource = {
    attributes: attributesOf(
      row.resource_string,
      row.resource_int,
      row.resource_double,
      row.resource_bool,
      row.resource_other,
    ),
    ...(row.resource_dropped ? { droppedAttributesCount: row.resource_dropped } : {}),
  };
  return { resource, scopeSpans: [], ...(row.resource_schema_url ? { schemaUrl: row.resource_schema_url } : {}) };
}

function scopeSpansOf(row: SpanRow): ScopeSpans {
  const scope: InstrumentationScope = {
    ...(row.scope_name ? { name: row.scope_name } : {}),
    ...(row.scope_version ? { version: row.scope_version } : {}),
    ...attributesFromJson(row.scope_attributes),
    ...(row.scope_dropped ? { droppedAttributesCount: row.scope_dropped } : {}),
  };
  return {
    ...(Object.keys(scope).length > 0 ? { scope } : {}),
    spans: [],
    ...(row.scope_schema_url ? { schemaUrl: row.scope_schema_url } : {}),
  };
}
