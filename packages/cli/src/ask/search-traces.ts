/** `sightline search QUERY`: the traces that a query in TraceQL finds, a line each; with `--follow`, new ones as they come. */
import { formatDuration, type SearchResponse, type TraceSummary } from '@sightline/wire';
import type { BackendApi } from '../backend-api.ts';
import { line, paint } from '../terminal/paint.ts';
import { type AskOptions, askBackend } from './ask-backend.ts';
import { followSearch } from './follow-search.ts';

export interface SearchOptions extends AskOptions {
  /** Milliseconds before now; undefined where `start` is given. */
  since?: number;
  /** RFC 3339, or nanoseconds since 1970. */
  start?: string;
  end?: string;
  limit: number;
  order: string;
  follow: boolean;
  /** A line of JSON for each trace, as the API has it. */
  json: boolean;
}

const hourMs = 3_600_000;

export function searchTraces(query: string, options: SearchOptions): Promise<void> {
  const ask = async (api: BackendApi, stopped: AbortSignal): Promise<void> => {
    const print = options.json ? printJson : printLines;
    if (options.follow) return followSearch(api, query, print, stopped);
    const found = await api.search(parametersOf(query, options));
    for (const trace of found.traces) print(trace);
    tellWhatIsMissing(found, options, api);
  };
  return askBackend(options, ask, query);
}

function parametersOf(q: string, { since = hourMs, start, end, limit, order }: SearchOptions): URLSearchParams {
  return new URLSearchParams({
    q,
    start: start ?? new Date(Date.now() - since).toISOString(),
    ...(end !== undefined && { end }),
    limit: String(limit),
    order,
  });
}

/** On stderr, so that what is found can be piped on. */
function tellWhatIsMissing(
  { traces, nextCursor, warnings = [] }: SearchResponse,
  { limit, start }: SearchOptions,
  api: BackendApi,
): void {
  const notes = [...warnings];
  if (traces.length === 0)
    notes.push(`no trace matches${start === undefined ? '; --since 24h looks further back' : ''}`);
  if (nextCursor !== undefined) notes.push(`more than ${limit} match: --limit, or see them all at ${api.address}`);
  for (const note of notes) process.stderr.write(`sightline: ${note}\n`);
}

function printJson(trace: TraceSummary): void {
  line(JSON.stringify(trace));
}

function printLines(trace: TraceSummary): void {
  line(summaryLine(trace));
  for (const span of (trace.spanSets ?? []).flatMap(({ spans }) => spans)) {
    if (isRoot(span, trace)) continue;
    line(paint(`    ${span.serviceName}: ${span.name}  ${formatDuration(BigInt(span.durationNano))}`, 'dim'));
  }
}

/** The line above says it already. */
function isRoot(span: { name: string; serviceName: string; parentSpanId?: string }, trace: TraceSummary): boolean {
  return !span.parentSpanId && span.name === trace.rootSpanName && span.serviceName === trace.rootServiceName;
}

function summaryLine(trace: TraceSummary): string {
  const { traceId, startUnixNano, rootServiceName, rootSpanName, durationNano, spanCount, errorCount } = trace;
  const time = new Date(Number(BigInt(startUnixNano) / 1_000_000n)).toISOString().slice(0, 23);
  const duration = formatDuration(BigInt(durationNano)).padStart(8);
  const errors = errorCount > 0 ? paint(` ${errorCount} ✗`, 'red') : '';
  return `${paint(traceId, 'dim')}  ${time}  ${duration}  ${paint(rootServiceName, 'cyan')}: ${rootSpanName}  ${paint(`${spanCount} spans`, 'dim')}${errors}`;
}
