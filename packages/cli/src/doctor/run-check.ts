/** What the processes of a run said about themselves, and what it means where none did. */
import { readFileSync } from 'node:fs';
import { type AgentReport, formatAgentReport } from '@sightline/wire';
import { type Finding, findingLines, note, ok, problem } from './finding.ts';
import { checkVersions } from './untraced-packages.ts';

/** @returns one for each thread that came to its end, in that order */
export function readReports(file: string): AgentReport[] {
  const lines = textOf(file).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as AgentReport);
}

/** No process has written to it. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

const silentReasons = `It is in Node and Python programs only, and stays out of npm, pip and their like; a Python program reports once it
has imported a library that is traced. A script that sets NODE_OPTIONS or PYTHONPATH has to keep what is there:
NODE_OPTIONS="$NODE_OPTIONS …". A process that SIGKILL ended, or that still runs, does not report.`;

export function checkProcesses(reports: readonly AgentReport[]): Finding[] {
  if (reports.length === 0) {
    return [problem('the agent has reported from no process', silentReasons)];
  }
  const processes = new Set(reports.map(({ pid }) => pid)).size;
  const threads = reports.length - processes;
  return [
    ok(`traced: ${count(processes, 'process', 'es')}${threads > 0 ? ` and ${count(threads, 'worker thread')}` : ''}`),
  ];
}

export function processLines(report: AgentReport): string[] {
  return [formatAgentReport(report), ...indented(findingLines(checkProcess(report)))];
}

function checkProcess(report: AgentReport): Finding[] {
  const { entryFormat, script } = report;
  const format = { commonjs: 'CommonJS', module: 'an ES module', unknown: undefined }[entryFormat];
  return [...(format === undefined ? [] : [note(`${script} is ${format}`)]), ...checkVersions(report)];
}

function indented(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

function count(number: number, what: string, plural = 's'): string {
  return `${number} ${what}${number === 1 ? '' : plural}`;
}
