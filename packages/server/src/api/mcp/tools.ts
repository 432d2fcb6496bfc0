/** What an assistant may ask: each tool answers with text made to be read, short enough for a context window. */
import { type CallToolResult, McpServer } from '@modelcontextprotocol/server';
import type { TracesData } from '@sightline/wire';
import { z } from 'zod';
import { explain } from '../../explain/explanation.ts';
import { findAttributeKeys } from '../../query/attributes.ts';
import { findTraceId } from '../../query/find-trace-id.ts';
import { search } from '../../query/search.ts';
import { parseSearch } from '../../query/search-query.ts';
import { findServices } from '../../query/services.ts';
import { parseTimeRange } from '../../query/time-range.ts';
import { findTrace } from '../../query/trace.ts';
import { type Store, withQueryOptions } from '../../store/store.ts';
import { failureOf, traceNotFound } from '../failure.ts';
import { attributeLines, explanationText, serviceLines, summaryLines } from './texts.ts';
import { traceOutline } from './trace-outline.ts';

const time = z.string().optional();
const timeRange = {
  start: time.describe('RFC 3339, or nanoseconds since 1970; default: one hour before the end'),
  end: time.describe('the same; default: now'),
};
const traceId = z.string().describe('32 hex digits, or the first 4 of them or more');
const readOnly = { readOnlyHint: true, openWorldHint: false };

const instructions = `Distributed traces of the programs that send theirs to this Sightline. Begin with list_services or \
search_traces, then explain_trace for what made one slow, and get_trace for every span and its attributes. Queries are \
TraceQL: { resource.service.name = "shop" && span.http.response.status_code >= 500 && duration > 1s }, { status = error }.`;

export function mcpServer(store: Store, version: string): McpServer {
  const server = new McpServer({ name: 'sightline', version }, { instructions });
  addSearch(server, store);
  addTrace(server, store);
  addNames(server, store);
  return server;
}

function addSearch(server: McpServer, store: Store): void {
  server.registerTool(
    'search_traces',
    {
      title: 'Search traces',
      description: 'Traces with a span that matches a TraceQL query, newest first unless asked otherwise.',
      inputSchema: z.object({
        query: z.string().default('{}').describe('TraceQL, for example { status = error && duration > 1s }'),
        ...timeRange,
        order: z.enum(['newest', 'oldest', 'longest', 'shortest', 'most-spans', 'most-errors']).default('newest'),
        limit: z.int().min(1).max(100).default(20),
      }),
      annotations: readOnly,
    },
    ({ query, start, end, order, limit }, { mcpReq: { signal } }) =>
      answer(async () => {
        const asked = { q: query, ...(start && { start }), ...(end && { end }), order, limit };
        return summaryLines(await search(withQueryOptions(store, { kind: 'search', signal }), parseSearch(asked)));
      }),
  );
}

function addTrace(server: McpServer, store: Store): void {
  server.registerTool(
    'get_trace',
    {
      title: 'Read a trace',
      description: 'One trace as an outline: every span under its parent, with its time, attributes and errors.',
      inputSchema: z.object({
        traceId,
        maxSpans: z.int().min(1).max(2000).default(100).describe('of a larger trace, the longest and the failed'),
      }),
      annotations: readOnly,
    },
    ({ traceId: given, maxSpans }, { mcpReq: { signal } }) =>
      answer(async () => traceOutline(await readTrace(store, given, signal), maxSpans)),
  );
  server.registerTool(
    'explain_trace',
    {
      title: 'Explain a trace',
      description: 'Where the time of a trace went: the span to blame, and the critical path.',
      inputSchema: z.object({ traceId }),
      annotations: readOnly,
    },
    ({ traceId: given }, { mcpReq: { signal } }) =>
      answer(async () => {
        const trace = await readTrace(store, given, signal);
        return explanationText(explain(given, trace), trace);
      }),
  );
}

function addNames(server: McpServer, store: Store): void {
  server.registerTool(
    'list_services',
    {
      title: 'List services',
      description: 'Services with how many spans and errors they had.',
      inputSchema: z.object(timeRange),
      annotations: readOnly,
    },
    ({ start, end }, { mcpReq: { signal } }) =>
      answer(async () =>
        serviceLines(await findServices(withQueryOptions(store, { signal }), parseTimeRange(start, end))),
      ),
  );
  server.registerTool(
    'list_attributes',
    {
      title: 'List attributes',
      description: 'Attribute keys that a query can use, most frequent first.',
      inputSchema: z.object({
        service: z.string().optional(),
        prefix: z.string().optional().describe('what the key begins with'),
        limit: z.int().min(1).max(1000).default(100),
      }),
      annotations: readOnly,
    },
    ({ service, prefix, limit }, { mcpReq: { signal } }) =>
      answer(async () =>
        attributeLines(
          await findAttributeKeys(withQueryOptions(store, { signal }), {
            ...(service !== undefined && { service }),
            ...(prefix !== undefined && { prefix }),
            limit,
          }),
        ),
      ),
  );
}

async function readTrace(store: Store, given: string, signal: AbortSignal): Promise<TracesData> {
  const lookup = withQueryOptions(store, { kind: 'lookup', signal });
  const trace = await findTrace(lookup, await findTraceId(lookup, given));
  if (!trace) throw traceNotFound(given);
  return trace;
}

/** What the asker can do something about is for the assistant to read; all else is a fault of ours. */
async function answer(ask: () => Promise<string>): Promise<CallToolResult> {
  try {
    return { content: [{ type: 'text', text: await ask() }] };
  } catch (error) {
    const failure = failureOf(error);
    if (!failure) throw error;
    return { isError: true, content: [{ type: 'text', text: failure.message }] };
  }
}
