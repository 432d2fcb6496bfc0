/** Python programs of e2e/python under `sightline run`, and the spans that they sent. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { tracesOfTest } from './backend.ts';
import type { Addresses } from './shared-backend.ts';
import { freePort, root, type Started, sightline } from './sightline.ts';

const folder = join(root, 'e2e/python');
export const pythonApps: string = join(folder, 'apps');
/** Where set-up has put what the programs need. */
export const pythonBin: string = join(folder, '.venv/bin');
/** OpenTelemetry for Python is installed into it by the first program, once for all tests. */
export const pythonCache: string = join(folder, '.cache');

export function pythonEnv({ otlpHttp }: Pick<Addresses, 'otlpHttp'>, testId: string): NodeJS.ProcessEnv {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: otlpHttp,
    OTEL_RESOURCE_ATTRIBUTES: `test.id=${testId}`,
    OTEL_BSP_SCHEDULE_DELAY: '200',
    SIGHTLINE_PYTHON_CACHE: pythonCache,
  };
}

/** What the first Python program does: before the tests, so that none of them waits for it. */
export async function installOpenTelemetry(): Promise<void> {
  const bin = join(root, 'packages/cli/bin/sightline.cjs');
  const command = ['run', '--no-up', '--', join(pythonBin, 'python'), '-c', 'import sqlite3'];
  await promisify(execFile)(process.execPath, [bin, ...command], {
    env: { ...process.env, SIGHTLINE_PYTHON_CACHE: pythonCache },
  });
}

export interface Served {
  url: string;
  program: Started;
}

/** A command of e2e/python/apps that serves. @param command with PORT where its port stands */
export async function serve(
  addresses: Pick<Addresses, 'otlpHttp'>,
  testId: string,
  command: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Served> {
  const port = String(await freePort());
  const [file = '', ...args] = command.map((word) => word.replace('PORT', port));
  const program = sightline(['run', '--no-up', '--', join(pythonBin, file), ...args], {
    cwd: pythonApps,
    env: { ...pythonEnv(addresses, testId), PORT: port, ...env },
  });
  return { url: `http://127.0.0.1:${port}`, program };
}

export interface SeenSpan {
  service: string;
  pid: string;
  name: string;
  kind: number;
  /** The parent's name; empty for a root. */
  parent: string;
  attributes: Record<string, string>;
}

/** Of each trace its spans by their starts, of the newest trace first. */
export async function spansOfTest(http: string, testId: string, traces: number): Promise<SeenSpan[][]> {
  const found = await tracesOfTest(http, testId, traces);
  return Promise.all(found.map(({ traceId }) => spansOfTrace(http, traceId)));
}

interface OtlpAttribute {
  key: string;
  value: Record<string, unknown>;
}

interface OtlpSpan {
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind?: number;
  startTimeUnixNano: string;
  attributes?: OtlpAttribute[];
}

interface OtlpTrace {
  resourceSpans: { resource: { attributes: OtlpAttribute[] }; scopeSpans: { spans: OtlpSpan[] }[] }[];
}

async function spansOfTrace(http: string, traceId: string): Promise<SeenSpan[]> {
  const trace = (await (await fetch(`${http}/api/v1/traces/${traceId}`)).json()) as OtlpTrace;
  const spans = trace.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const { 'service.name': service = '', 'process.pid': pid = '' } = valuesOf(resource.attributes);
    return scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ service, pid, span })));
  });
  const names = new Map(spans.map(({ span }) => [span.spanId, span.name]));
  spans.sort((a, b) => Number(BigInt(a.span.startTimeUnixNano) - BigInt(b.span.startTimeUnixNano)));
  return spans.map(({ service, pid, span }) => ({
    service,
    pid,
    name: span.name,
    kind: span.kind ?? 0,
    parent: names.get(span.parentSpanId ?? '') ?? '',
    attributes: valuesOf(span.attributes ?? []),
  }));
}

function valuesOf(attributes: readonly OtlpAttribute[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, String(Object.values(value)[0])]));
}
