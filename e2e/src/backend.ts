/** A real `sightline up` on free ports, with data that goes away with the test. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SearchResponse } from '@sightline/wire';
import { eventually, type Started, sightline, temporaryDirectory } from './sightline.ts';

interface Addresses {
  http: string;
  otlpHttp: string;
  [name: string]: string;
}

export interface Backend {
  process: Started;
  /** By the names of the ready file. */
  addresses: Addresses;
  http: string;
  otlpHttp: string;
  dataDir: string;
  stop(): Promise<void>;
}

const ports = [
  'otlp-http',
  'otlp-grpc',
  'jaeger-compact',
  'jaeger-binary',
  'jaeger-http',
  'jaeger-grpc',
  'zipkin',
  'sampling',
  'sampling-grpc',
  'grpc',
];
/** The optional ones, for an `up` that has only the ports it is tested for. */
export const closedPorts: Readonly<Record<string, string>> = Object.fromEntries(
  ports.slice(1).map((name) => [`SIGHTLINE_${name.toUpperCase().replaceAll('-', '_')}_PORT`, 'off']),
);

export const freePorts: readonly string[] = ['http', ...ports].flatMap((name) => [`--${name}-port`, '0']);

export async function startBackend(args: readonly string[] = []): Promise<Backend> {
  const dataDir = temporaryDirectory();
  const readyFile = join(dataDir, 'addresses.json');
  const process = sightline(['up', '--data', dataDir, '--ready-file', readyFile, ...freePorts, ...args]);
  const addresses = await readWhenThere(readyFile, process);
  return {
    process,
    addresses,
    http: addresses.http,
    otlpHttp: addresses.otlpHttp,
    dataDir,
    stop: async () => {
      process.child.kill('SIGTERM');
      await process.ended;
    },
  };
}

/** Every trace of processes that carry `test.id=ID` as a resource attribute; waits for at least `count`. */
export async function tracesOfTest(http: string, id: string, count: number): Promise<SearchResponse['traces']> {
  return await eventually(async () => {
    const query = new URLSearchParams({ attribute: `resource.test.id=${id}`, limit: '100' });
    const answer = await fetch(`${http}/api/v1/traces?${query}`);
    const body = (await answer.json()) as SearchResponse;
    if (!answer.ok || body.traces.length < count) throw new Error(`not yet ${count}: ${JSON.stringify(body)}`);
    return body.traces;
  });
}

async function readWhenThere(readyFile: string, up: Started): Promise<Addresses> {
  return await eventually(() => {
    try {
      return JSON.parse(readFileSync(readyFile, 'utf8'));
    } catch {
      throw new Error(`up is not ready. It said:\n${up.output}`);
    }
  }, 30_000);
}
