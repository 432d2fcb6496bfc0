/** A report as lines for a person: the agent prints it on stderr, `sightline doctor` among its findings. */
import type { AgentReport, AgentReportLibrary } from './agent-report.ts';

export function formatAgentReport(report: AgentReport): string {
  const { service, pid, threadId, node, python, wallMs, hints } = report;
  const runtime = python === undefined ? `Node ${node}` : `Python ${python}`;
  const thread = threadId === undefined ? '' : `, thread ${threadId}`;
  return [
    `sightline report: ${service} (process ${pid}${thread}, ${runtime}, ${seconds(wallMs)})`,
    '',
    ...aligned(libraryRows(report), 1),
    '',
    ...aligned(summaryRows(report), 0),
    ...(hints.length > 0 ? ['', ...hints.map((hint) => `  ! ${hint}`)] : []),
  ].join('\n');
}

function libraryRows({ libraries, manualSpans }: AgentReport): string[][] {
  const used = libraries.filter(isUsed);
  const rows = used.map((library) => [library.name, versions(library), String(library.spans), String(library.events)]);
  if (manualSpans > 0) rows.push(['your own', '', String(manualSpans), '']);
  return rows.length === 0
    ? [['no library that is traced was used']]
    : [['library', 'version', 'spans', 'events'], ...rows];
}

/** What Node brings along is there in every program, and tells nothing while it is not used. */
function isUsed({ events, files, packages }: AgentReportLibrary): boolean {
  return events > 0 || files > 0 || packages.some(({ name, loaded }) => loaded && !isBuiltin(name));
}

function isBuiltin(name: string): boolean {
  return name.startsWith('node:') || name === 'fetch';
}

function versions({ packages }: AgentReportLibrary): string {
  const ofLibrary = packages.filter(({ name, loaded }) => loaded && !isBuiltin(name));
  if (ofLibrary.length === 0) return packages.some(({ name }) => isBuiltin(name)) ? "Node's own" : "Python's own";
  return ofLibrary.map(({ version, supported }) => (supported ? version : `${version} (not traced)`)).join(', ');
}

function summaryRows(report: AgentReport): string[][] {
  const { endpoint, budget } = report;
  return [
    ['spans', spansLine(report)],
    ...(endpoint === undefined ? [] : [['backend', backendLine(report)]]),
    ['agent', agentLine(report)],
    ...(budget === undefined ? [] : [['budget', budgetLine(budget)]]),
  ];
}

function spansLine({ spans }: AgentReport): string {
  const parts = [
    `${spans.made} made`,
    `${spans.sent} sent`,
    part(spans.unsent, 'lost at exit'),
    part(spans.droppedQueueFull, 'dropped: the queue was full'),
    part(spans.droppedRefused, 'dropped: the backend refused them'),
    part(spans.droppedRejected, 'dropped: the backend rejected them'),
    part(spans.droppedTooLarge, 'dropped: larger than a datagram'),
    part(spans.unsampled, 'traces left out by the budget'),
    part(spans.keptExceptional, 'failed or slow requests kept'),
  ];
  return parts.filter((text) => text !== '').join(', ');
}

function part(count: number, what: string): string {
  return count === 0 ? '' : `${count} ${what}`;
}

function backendLine({ endpoint, requests, bytes, lastProblem }: AgentReport): string {
  const problem = lastProblem === '' ? '' : `; last problem: ${lastProblem}`;
  return `${endpoint}: ${requests} ${requests === 1 ? 'request' : 'requests'}, ${size(bytes)}${problem}`;
}

function agentLine({ agentCpuMs, startMs, wallMs, processCpuMs }: AgentReport): string {
  const ofCore = percent(agentCpuMs / wallMs);
  const ofProcess = percent(agentCpuMs / processCpuMs);
  return `about ${agentCpuMs.toFixed(0)} ms of CPU (start ${startMs.toFixed(0)} ms): ${ofCore} of a core, ${ofProcess} of what the program used`;
}

function budgetLine({ maxCpuPercent, peakPercent, detail, ratio }: NonNullable<AgentReport['budget']>): string {
  return `${maxCpuPercent} % of a core, at most ${peakPercent.toFixed(1)} % in a second; at the end: detail ${detail}, ${percent(ratio)} of traces`;
}

/** @param right from this column on, numbers: they stand at the right; 0 for none */
function aligned(rows: readonly (readonly string[])[], right: number): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((cell, i) => pad(cell, widths[i] ?? 0, right > 0 && i > right)).join('  ')}`.trimEnd(),
  );
}

function pad(text: string, width: number, atRight: boolean): string {
  return atRight ? text.padStart(width) : text.padEnd(width);
}

function percent(share: number): string {
  if (!Number.isFinite(share)) return '?';
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 1_000)} s`;
}

function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
