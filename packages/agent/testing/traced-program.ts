/** Runs the programs of e2e/apps under the agent on any of the Nodes, and shows the spans that arrived as plain objects. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { FakeBackend } from './fake-backend.ts';
import { type NodeMajor, nodeBinary } from './nodes.ts';
import { type ReceivedSpan, toRecord } from './otlp-decoder.ts';
import { runCommand, Workbench } from './workbench.ts';

const workbench = new Workbench();
afterAll(() => workbench[Symbol.dispose]());

/** For the test's own files. */
export const folder: string = workbench.folder;
/** The agent, built for this test. */
export const agentFolder: string = workbench.agent;
export const register: string = workbench.preload;
export const repository: string = fileURLToPath(new URL('../../..', import.meta.url));

export interface ProgramOptions {
  readonly node?: NodeMajor;
  readonly nodeArguments?: readonly string[];
  readonly programArguments?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Preloads by NODE_OPTIONS, so that child processes have it too. */
  readonly inherited?: boolean;
}

export interface ProgramRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly spans: ShownSpan[];
}

/** @param script absolute, or in e2e/apps */
export async function runTraced(script: string, options: ProgramOptions = {}): Promise<ProgramRun> {
  await using backend = await FakeBackend.start();
  const { node = 20, nodeArguments = [], programArguments = [], env = {}, inherited = false } = options;
  const path = script.startsWith('/') ? script : join(repository, 'e2e/apps', script);
  const preload = inherited ? [] : ['--require', register];
  const commandLine = [...preload, ...nodeArguments, path, ...programArguments];
  const { code, stdout, stderr } = await runCommand(nodeBinary(node), commandLine, {
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: backend.url,
      ...(inherited && { NODE_OPTIONS: `--require ${register}` }),
      ...env,
    },
  });
  return { code, stdout, stderr, spans: show(backend.spans) };
}

/** A span as a test compares it: what varies from run to run is `<port>`, ids are names. */
export interface ShownSpan {
  readonly name: string;
  readonly kind: string;
  /** The parent's kind, name and path, where the run made it. */
  readonly parent?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status?: string;
  /** `TypeError: message` of each exception event. */
  readonly exceptions?: readonly string[];
}

const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
const statuses = ['unset', 'ok', 'error'];

/** In the order of their starts. */
function show(received: readonly ReceivedSpan[]): ShownSpan[] {
  const spans = [...received].sort((a, b) => Number(startOf(a) - startOf(b)));
  const labels = new Map(spans.map((span) => [span.spanId, labelOf(span)]));
  return spans.map((span) => ({
    name: span.name,
    kind: kinds[span.kind] ?? '',
    ...(span.parentSpanId !== '' && { parent: labels.get(span.parentSpanId) ?? 'unknown' }),
    attributes: shownAttributes(span),
    ...(span.otlp.status?.code && { status: statusOf(span) }),
    ...(span.otlp.events?.length && { exceptions: span.otlp.events.map(exceptionOf) }),
  }));
}

function startOf({ otlp }: ReceivedSpan): bigint {
  return BigInt(otlp.startTimeUnixNano);
}

function labelOf({ kind, name, attributes }: ReceivedSpan): string {
  const { 'url.path': path, 'url.full': url } = attributes;
  const what = path ?? String(url ?? '').replace(/^https?:\/\/[^/]*/, '');
  return `${kinds[kind]} ${name} ${what}`.trim();
}

function statusOf({ otlp: { status } }: ReceivedSpan): string {
  const message = status?.message ? `: ${withoutPorts(status.message)}` : '';
  return `${statuses[status?.code ?? 0]}${message}`;
}

function exceptionOf({ attributes = [] }: NonNullable<ReceivedSpan['otlp']['events']>[number]): string {
  const { 'exception.type': type, 'exception.message': message, 'exception.stacktrace': stack } = toRecord(attributes);
  const text = `${type}: ${withoutPorts(String(message))}`;
  return String(stack).includes('\n    at ') ? text : `${text} (without stack)`;
}

function shownAttributes({ attributes }: ReceivedSpan): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, shown(key, value)]));
}

/** Integers arrive as bigints; a double would differ from what the tests expect. */
function shown(key: string, value: unknown): unknown {
  if (typeof value === 'string') return withoutPorts(value);
  if (typeof value === 'number') return `double ${value}`;
  if (typeof value !== 'bigint') return value;
  return key.endsWith('.port') && value > 1_024n ? '<port>' : Number(value);
}

function withoutPorts(text: string): string {
  return text.replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>');
}
