/** Puts a report together, once, as the process ends. */
import { dirname } from 'node:path';
import type { AgentReport, AgentReportSpans } from '@sightline/wire';
import type { Budget } from '../budget/budget.ts';
import type { Config } from '../config.ts';
import { counters } from '../counters.ts';
import type { Exporter } from '../export/exporter.ts';
import { guardEntries } from '../guard.ts';
import { ownTimeMs, startTimeMs } from '../own-time.ts';
import { findMainScript } from '../resource.ts';
import { isMainThread, workerThreadId } from '../thread.ts';
import type { AttributeList } from '../tracer/attributes.ts';
import { agentVersion } from '../version.ts';
import { findConflicts, findHints } from './hints.ts';
import { loadedFiles, loadedPackages } from './installed-packages.ts';
import { describeActivity } from './library-activity.ts';
import type { SpanCounts } from './span-counts.ts';

/** What a report is made of, besides what stands in modules. */
export interface ReportSources {
  readonly config: Config;
  readonly resource: AttributeList;
  readonly disabled: ReadonlySet<string>;
  readonly spanCounts: SpanCounts;
  /** Undefined where nothing is sent. */
  readonly exporter: Exporter | undefined;
  readonly budget: Budget | undefined;
}

export function createReport(sources: ReportSources): AgentReport {
  const { config, spanCounts, disabled, exporter, budget } = sources;
  const loaded = loadedPackages(loadedFiles());
  const script = findMainScript();
  const threadId = workerThreadId();
  const report: Omit<AgentReport, 'hints'> = {
    agent: agentVersion,
    node: process.versions.node,
    pid: process.pid,
    ...(threadId !== undefined && { threadId }),
    service: serviceName(sources.resource),
    ...(script !== undefined && { script }),
    entryFormat: entryFormat(script),
    ...(exporter !== undefined && { endpoint: withoutSecrets(config.endpoint.url) }),
    ...times(),
    libraries: describeActivity({
      spans: spanCounts,
      disabled,
      loaded,
      start: script === undefined ? process.cwd() : dirname(script),
    }),
    manualSpans: spanCounts.manual,
    spans: describeSpans(exporter?.unsentSpans ?? 0),
    requests: counters.requests,
    bytes: counters.bytes,
    lastProblem: counters.lastProblem,
    ...(budget !== undefined && { budget: describeBudget(budget) }),
    failures: guardEntries()
      .filter(({ failures }) => failures > 0)
      .map(({ where, failures, off }) => ({ where, count: failures, off })),
    conflicts: findConflicts(loaded),
  };
  return { ...report, hints: findHints(report, config.problems) };
}

function serviceName(resource: AttributeList): string {
  return String(resource[resource.indexOf('service.name') + 1]);
}

/** Node has a main module only where that is CommonJS. */
function entryFormat(script: string | undefined): AgentReport['entryFormat'] {
  if (script === undefined || !isMainThread) return 'unknown';
  return (process as { mainModule?: unknown }).mainModule === undefined ? 'module' : 'commonjs';
}

function times(): Pick<AgentReport, 'wallMs' | 'processCpuMs' | 'agentCpuMs' | 'startMs'> {
  const { user, system } = process.cpuUsage();
  return {
    wallMs: rounded(performance.now()),
    processCpuMs: rounded((user + system) / 1_000),
    agentCpuMs: rounded(ownTimeMs()),
    startMs: rounded(startTimeMs()),
  };
}

function describeSpans(unsent: number): AgentReportSpans {
  const { sent, droppedQueueFull, droppedRefused, droppedRejected, droppedTooLarge, unsampled, keptExceptional } =
    counters;
  return {
    made: counters.spans,
    sent,
    unsent,
    droppedQueueFull,
    droppedRefused,
    droppedRejected,
    droppedTooLarge,
    unsampled,
    keptExceptional,
  };
}

function describeBudget({ maxCpuPercent, peakPercent, state }: Budget): NonNullable<AgentReport['budget']> {
  return { maxCpuPercent, peakPercent: rounded(peakPercent), detail: state.detail, ratio: state.ratio };
}

/** A password in it is nobody's business, nor is a key behind the question mark. */
function withoutSecrets({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
