/** What a span did in one glance: its request, its query, its message; and what it threw. */
import type { SpanEvent } from '@sightline/wire';
import { attributeOf } from './attributes.ts';
import { formatSql } from './sql.ts';
import type { TraceSpan } from './trace.ts';

export type SpanSummary =
  | { kind: 'http'; method: string; url: string; href: string | undefined; status: string | undefined }
  | { kind: 'database'; system: string; target: string | undefined; query: string | undefined }
  | { kind: 'messaging'; system: string; operation: string | undefined; destination: string | undefined };

export function summarize(span: TraceSpan): SpanSummary | undefined {
  return http(span) ?? database(span) ?? messaging(span);
}

function http({ raw: { attributes } }: TraceSpan): SpanSummary | undefined {
  const method = attributeOf(attributes, 'http.request.method', 'http.method');
  if (!method) return undefined;
  const full = attributeOf(attributes, 'url.full', 'http.url');
  const path = attributeOf(attributes, 'url.path', 'http.target', 'http.route') ?? '';
  const query = attributeOf(attributes, 'url.query');
  if (!full && !path) return undefined;
  return {
    kind: 'http',
    method,
    url: full ?? (query ? `${path}?${query}` : path),
    href: full && /^https?:\/\//.test(full) ? full : undefined,
    status: attributeOf(attributes, 'http.response.status_code', 'http.status_code'),
  };
}

function database({ raw: { attributes } }: TraceSpan): SpanSummary | undefined {
  const system = attributeOf(attributes, 'db.system.name', 'db.system');
  if (!system) return undefined;
  const query = attributeOf(attributes, 'db.query.text', 'db.statement');
  const target = [
    attributeOf(attributes, 'db.namespace', 'db.name'),
    attributeOf(attributes, 'db.collection.name', 'db.sql.table'),
  ].filter((part) => part !== undefined);
  return {
    kind: 'database',
    system,
    target: target.length > 0 ? target.join(' · ') : undefined,
    query: query === undefined ? undefined : formatSql(query),
  };
}

function messaging({ raw: { attributes } }: TraceSpan): SpanSummary | undefined {
  const system = attributeOf(attributes, 'messaging.system');
  if (!system) return undefined;
  return {
    kind: 'messaging',
    system,
    operation: attributeOf(attributes, 'messaging.operation.name', 'messaging.operation.type', 'messaging.operation'),
    destination: attributeOf(attributes, 'messaging.destination.name'),
  };
}

export interface Thrown {
  type: string;
  message: string;
  stack: string | undefined;
}

/** What an `exception` event tells. */
export function readException(event: SpanEvent): Thrown | undefined {
  if (event.name !== 'exception') return undefined;
  return {
    type: attributeOf(event.attributes, 'exception.type') ?? 'Exception',
    message: attributeOf(event.attributes, 'exception.message') ?? '',
    stack: attributeOf(event.attributes, 'exception.stacktrace'),
  };
}

/** Lines of a stack; those of libraries and of the runtime itself are marked, to be set back. */
export function stackLines(stack: string): { text: string; foreign: boolean }[] {
  return stack
    .split('\n')
    .map((text) => ({ text, foreign: /node_modules|node:|<anonymous>|site-packages/.test(text) }));
}

const kinds = ['', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'] as const;

export function kindText(kind: number): string {
  return kinds[kind] ?? '';
}
