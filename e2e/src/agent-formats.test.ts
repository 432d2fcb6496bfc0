/** Each of the agent's formats against the receiver of ours that takes it: what a program made is what is found. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { KeyValue, SearchResponse, Span, StatusResponse, TracesData } from '@sightline/wire';
import { expect, test } from 'vitest';
import { shareBackend } from './shared-backend.ts';
import { eventually, root, temporaryDirectory } from './sightline.ts';

const backend = shareBackend(async () => {});

/** Serves itself one request, and ends by `process.exit()`: a trace of a client span and a server span. */
const program = `
  import { createServer } from 'node:http';
  const server = createServer((request, response) => setTimeout(() => response.writeHead(503).end(), 20));
  server.listen(0, '127.0.0.1', async () => {
    await (await fetch('http://127.0.0.1:' + server.address().port + '/hello')).text();
    setTimeout(() => process.exit(), 20);
  });
`;

const formats: readonly (readonly [format: string, address: string, env: (url: URL) => Record<string, string>])[] = [
  ['http/protobuf', 'otlpHttp', (url) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url.href })],
  ['http/json', 'otlpHttp', (url) => otlp('http/json', url)],
  ['grpc', 'otlpGrpc', (url) => otlp('grpc', url)],
  [
    'jaeger',
    'jaegerCompact',
    ({ hostname, port }) => ({
      OTEL_TRACES_EXPORTER: 'jaeger',
      OTEL_EXPORTER_JAEGER_AGENT_HOST: hostname,
      OTEL_EXPORTER_JAEGER_AGENT_PORT: port,
    }),
  ],
  [
    'zipkin',
    'zipkin',
    (url) => ({
      OTEL_TRACES_EXPORTER: 'zipkin',
      OTEL_EXPORTER_ZIPKIN_ENDPOINT: new URL('/api/v2/spans', url).href,
    }),
  ],
];

function otlp(protocol: string, { href }: URL): Record<string, string> {
  return { OTEL_EXPORTER_OTLP_PROTOCOL: protocol, OTEL_EXPORTER_OTLP_ENDPOINT: href };
}

test.each(formats)('what leaves as %s is found', async (format, name, envOf) => {
  const address = await addressOf(name);
  const service = `by-${format.replace('/', '-')}`;
  await runTraced({ ...envOf(address), OTEL_SERVICE_NAME: service });
  const [client, server] = (await spansOf(service, 2)).sort((a, b) => (b.kind ?? 0) - (a.kind ?? 0));
  expect([client?.name, client?.kind, server?.name, server?.kind]).toEqual(['GET', 3, 'GET', 2]);
  expect(client?.parentSpanId).toBeUndefined();
  expect(server?.parentSpanId).toBe(client?.spanId);
  expect(server?.status?.code).toBe(2);
  expect(textOf(server?.attributes, 'url.path')).toBe('/hello');
  expect(textOf(server?.attributes, 'http.response.status_code')).toBe('503');
  expect(Number(server?.endTimeUnixNano) - Number(server?.startTimeUnixNano)).toBeGreaterThan(15e6);
});

async function addressOf(name: string): Promise<URL> {
  const { addresses } = await get<StatusResponse>('/api/v1/status');
  const address = addresses[name];
  if (address === undefined) throw new Error(`up has no ${name}: ${Object.keys(addresses)}`);
  return new URL(address);
}

async function runTraced(env: Readonly<Record<string, string>>): Promise<void> {
  const script = join(temporaryDirectory(), 'program.mjs');
  writeFileSync(script, program);
  const args = ['--require', join(root, 'packages/agent/dist/register.cjs'), script];
  await promisify(execFile)(process.execPath, args, { env: { PATH: process.env.PATH, ...env } });
}

/** Those of the one trace of a service. */
async function spansOf(service: string, count: number): Promise<Span[]> {
  return await eventually(async () => {
    const { traces } = await get<SearchResponse>(`/api/v1/traces?${new URLSearchParams({ service })}`);
    const { resourceSpans } = await get<TracesData>(`/api/v1/traces/${traces[0]?.traceId}`);
    const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
    if (spans.length < count) throw new Error(`not yet ${count}: ${JSON.stringify(spans)}`);
    return spans;
  });
}

async function get<T>(path: string): Promise<T> {
  const answer = await fetch(backend.http + path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** Zipkin has nothing but texts. */
function textOf(attributes: readonly KeyValue[] = [], key: string): string | undefined {
  const value = attributes.find((attribute) => attribute.key === key)?.value;
  return value?.stringValue ?? value?.intValue;
}
