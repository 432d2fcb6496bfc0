/** `sightline trace ID`: one trace as a tree, and what made it slow. */
import { type ExplanationResponse, formatDuration, type Span, type TracesData, textOf } from '@sightline/wire';
import type { BackendApi } from '../backend-api.ts';
import { counted } from '../counted.ts';
import { line, paint } from '../terminal/paint.ts';
import { type TreeLine, traceTree } from '../terminal/trace-tree.ts';
import { treeText } from '../terminal/tree-text.ts';
import { type AskOptions, askBackend } from './ask-backend.ts';

export interface TraceOptions extends AskOptions {
  /** With each span's attributes and events. */
  details: boolean;
  /** However many spans they are. */
  all: boolean;
  /** As OTLP's JSON. */
  json: boolean;
}

const mostLines = 1_000;
/** Where there is no terminal, or one that does not know. */
const usualColumns = 120;
const leastBar = 16;
const mostBar = 48;

/** @param traceId or its first digits */
export function showTrace(traceId: string, options: TraceOptions): Promise<void> {
  return askBackend(options, async (api) => {
    const trace = await api.trace(traceId);
    if (options.json) process.stdout.write(`${JSON.stringify(trace)}\n`);
    else printTrace(api, trace, await api.explanation(traceId), options);
  });
}

function printTrace(api: BackendApi, trace: TracesData, explanation: ExplanationResponse, options: TraceOptions): void {
  const columns = process.stdout.columns || usualColumns;
  const tree = traceTree(trace, Math.min(mostBar, Math.max(leastBar, Math.floor(columns / 3))));
  printHead(tree, explanation);
  const shown = options.all ? tree : tree.slice(0, mostLines);
  const guilty = explanation.blame?.spanId;
  const texts = treeText(shown, { guilty, nameWidth: Math.max(24, Math.floor(columns / 2.5)) });
  for (const [index, text] of texts.entries()) {
    line(text);
    if (options.details) printDetails(shown[index]?.span);
  }
  if (shown.length < tree.length)
    line(paint(`… and ${counted(tree.length - shown.length, 'more span')}: --all`, 'dim'));
  if (explanation.blame) line(`\n${explanation.blame.text}`);
  line(paint(api.pageOf(explanation.traceId), 'dim'));
}

function printHead(tree: readonly TreeLine[], { traceId, startUnixNano, durationNano }: ExplanationResponse): void {
  const failed = tree.filter((span) => span.failed).length;
  const services = new Set(tree.map(({ serviceName }) => serviceName)).size;
  const [root] = tree;
  const facts = [
    formatDuration(BigInt(durationNano)),
    counted(tree.length, 'span'),
    counted(services, 'service'),
    ...(failed > 0 ? [paint(counted(failed, 'error'), 'red')] : []),
    new Date(Number(BigInt(startUnixNano) / 1_000_000n)).toISOString(),
  ];
  line(`${paint(`${root?.serviceName}: ${root?.span.name}`, 'bold')}  ${paint(traceId, 'dim')}`);
  line(`${facts.join(' · ')}\n`);
}

function printDetails(span: Span | undefined): void {
  if (!span) return;
  if (span.status?.message) line(`    ${paint('status', 'dim')} ${paint(span.status.message, 'red')}`);
  for (const { key, value } of span.attributes ?? []) line(`    ${paint(key, 'dim')} ${textOf(value)}`);
  for (const { name, timeUnixNano, attributes = [] } of span.events ?? []) {
    const after = formatDuration(BigInt(timeUnixNano ?? span.startTimeUnixNano) - BigInt(span.startTimeUnixNano));
    line(`    ${paint(`event after ${after}`, 'dim')} ${name}`);
    for (const { key, value } of attributes) line(`      ${paint(key, 'dim')} ${textOf(value)}`);
  }
}
