/**
 * The two lines after a traced program: how many requests, and which span made the slowest one
 * slow. The agent has sent its last spans before the program ended; the backend makes them
 * searchable within a second.
 */
import { formatDuration, type SearchResponse, type TraceSummary } from '@sightline/wire';
import { BackendApi } from '../backend-api.ts';
import type { RunPlan } from './environment.ts';

const storeMs = 1_100;
const pollMs = 40;
const searchLimit = 1_000;

export interface TracedRun extends Pick<RunPlan, 'runId' | 'httpAddress'> {
  startedUnixMs: number;
  /** By this very run, so perhaps it does not answer yet. */
  backendIsStarting: boolean;
  signal: AbortSignal;
}

/** @throws when no Sightline answers in time */
export async function summaryOf(run: TracedRun): Promise<string> {
  const api = new BackendApi(run.httpAddress, run.signal);
  await untilStored(api, run);
  const found = await api.search({
    attribute: `resource.sightline.run.id=${run.runId}`,
    // A request may have begun just before the first of its spans that is ours.
    start: new Date(run.startedUnixMs - 1_000).toISOString(),
    order: 'longest',
    limit: String(searchLimit),
  });
  const [slowest] = found.traces;
  if (!slowest) return '';
  const { blame } = await api.explanation(slowest.traceId);
  return `sightline: ${count(found)}. The slowest: ${title(slowest)}. ${blame?.text ?? ''}
           ${api.pageOf(slowest.traceId)}
`;
}

/** Others' spans may keep the backend busy all the time: then ours, which came first, are most likely stored by the end of the wait. */
async function untilStored(api: BackendApi, { backendIsStarting }: TracedRun): Promise<void> {
  const hasStoredAll = (): Promise<boolean> =>
    backendIsStarting ? api.hasStoredAll().catch(() => false) : api.hasStoredAll();
  for (const deadline = Date.now() + storeMs; Date.now() < deadline && !(await hasStoredAll()); ) {
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function count({ traces, nextCursor }: SearchResponse): string {
  if (nextCursor) return `more than ${searchLimit} requests traced`;
  return traces.length === 1 ? '1 request traced' : `${traces.length} requests traced`;
}

function title({ rootServiceName, rootSpanName, durationNano }: TraceSummary): string {
  return `${rootSpanName} in ${rootServiceName}, ${formatDuration(BigInt(durationNano))}`;
}
