/** Three requests to the proxy, and what their traces tell about them. */
import { type ExplanationResponse, formatDuration, formatShare, type TracesData } from '@sightline/wire';
import type { BackendApi } from '../backend-api.ts';
import { table } from '../table.ts';
import { line, paint } from '../terminal/paint.ts';
import { traceTree } from '../terminal/trace-tree.ts';
import { treeText } from '../terminal/tree-text.ts';
import { awaitTrace } from './await-trace.ts';
import type { ServiceName, Services } from './demo-processes.ts';
import { ask, cacheRequest, throughProxy } from './requests.ts';

interface Chapter {
  title: string;
  url: URL;
  /** Those that take part. */
  services: readonly ServiceName[];
}

interface ToldChapter extends Chapter {
  status: number;
  trace: TracesData;
  explanation: ExplanationResponse;
}

export async function tellStory(
  api: BackendApi,
  services: Services,
  startedUnixMs: number,
  stopped: AbortSignal,
): Promise<void> {
  line('\nThree requests to the proxy, after one to warm it up …');
  await ask(throughProxy(services, `${services.fast}/sayings/1`), stopped);
  const answers = [];
  // One after the other, so that the cache has something to answer from.
  for (const chapter of chapters(services)) answers.push({ ...chapter, status: await askOrFail(chapter, stopped) });
  const told: ToldChapter[] = [];
  for (const answered of answers) {
    const trace = await awaitTrace(api, { url: answered.url, services: answered.services, startedUnixMs }, stopped);
    const explanation = await api.explanation(traceIdOf(trace));
    told.push({ ...answered, trace, explanation });
  }
  for (const chapter of told) printTrace(chapter);
  printTable(told);
  printGuilty(told, api);
}

function chapters(services: Services): Chapter[] {
  return [
    {
      title: 'through the proxy to the quick one, which asks its database',
      url: throughProxy(services, `${services.fast}/sayings/2`),
      services: ['proxy', 'fast'],
    },
    { title: 'the same again, from the cache', url: cacheRequest(services), services: ['proxy'] },
    {
      title: 'through the proxy to the slow one',
      url: throughProxy(services, `${services.slow}/delay/3000`),
      services: ['proxy', 'slow'],
    },
  ];
}

async function askOrFail({ url }: Chapter, stopped: AbortSignal): Promise<number> {
  const status = await ask(url, stopped);
  if (status !== 200) throw new Error(`${url} answered with status ${status}`);
  return status;
}

function printTrace({ title, url, trace, explanation }: ToldChapter): void {
  line(`\n${paint(`GET ${url.pathname}${url.search}`, 'bold')}  ${paint(title, 'dim')}`);
  for (const text of treeText(traceTree(trace), { guilty: explanation.blame?.spanId })) line(`  ${text}`);
}

function printTable(told: readonly ToldChapter[]): void {
  const rows = told.map(({ url, status, trace, explanation: { blame, durationNano } }) => {
    const spans = traceTree(trace);
    return [
      shortened(`GET ${url.pathname}${url.search}`),
      String(status),
      formatDuration(BigInt(durationNano)),
      String(spans.length),
      [...new Set(spans.map((span) => span.serviceName))].join(', '),
      blame ? `${blame.serviceName} ${blame.spanName} (${formatShare(blame.share)})` : '',
    ];
  });
  line();
  const head = ['request', 'status', 'took', 'spans', 'services', 'most of the time in'];
  const [headText = '', ...texts] = table([head, ...rows], new Set([2, 3]));
  line(`  ${paint(headText, 'dim')}`);
  for (const text of texts) line(`  ${text}`);
}

function printGuilty(told: readonly ToldChapter[], api: BackendApi): void {
  const slowest = told.reduce((a, b) => (durationOf(b) > durationOf(a) ? b : a));
  line(`\n${paint('Why is the slow one slow?', 'bold')} ${slowest.explanation.blame?.text ?? ''}`);
  line(`See it: ${api.pageOf(slowest.explanation.traceId)}`);
}

function durationOf({ explanation }: ToldChapter): bigint {
  return BigInt(explanation.durationNano);
}

function traceIdOf(trace: TracesData): string {
  return trace.resourceSpans[0]?.scopeSpans[0]?.spans[0]?.traceId ?? '';
}

/** The target's address says little here, and takes half a line. */
function shortened(request: string): string {
  return request.replace(/http:\/\/127\.0\.0\.1:\d+/, '…');
}
