/** A spool on disk and a gRPC server before it, as `sightline up` puts them together, for the tests of receivers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTraces, type TracesData } from '@sightline/wire';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { createGrpcServer, type GrpcServer, listenGrpc } from '../grpc/grpc-server.ts';
import { ReceiveCounts } from '../metrics.ts';
import { Spool } from '../spool/spool.ts';
import { maxBodyBytes, type ReceiverDeps } from './intake.ts';

export interface GrpcReceiver {
  url: string;
  server: GrpcServer;
  spool: Spool;
  metrics: ReceiveCounts;
  /** What has been acknowledged since the last time. */
  received(): Promise<TracesData[]>;
}

export async function startGrpcReceiver(
  register: (server: GrpcServer, deps: ReceiverDeps) => void,
  { maxSpoolBytes = 40 * 1024 * 1024 } = {},
): Promise<GrpcReceiver> {
  const directory = await mkdtemp(join(tmpdir(), 'sightline-grpc-'));
  const spool = await Spool.open({ directory, maxBytes: maxSpoolBytes });
  const metrics = new ReceiveCounts();
  const log = pino({ level: 'silent' });
  const server = createGrpcServer({
    host: '127.0.0.1',
    log,
    maxMessageBytes: maxBodyBytes,
    onRefused: (reason) => metrics.rejectedRequest(reason),
  });
  register(server, { spool, metrics, log });
  const url = await listenGrpc(server, '127.0.0.1', 0, '--grpc-port');
  onTestFinished(async () => {
    await server.close();
    await spool.close();
    await rm(directory, { recursive: true, force: true });
  });
  return { url, server, spool, metrics, received: () => takeAll(spool) };
}

async function takeAll(spool: Spool): Promise<TracesData[]> {
  await spool.seal();
  const payloads: Uint8Array[] = [];
  for (let segment = spool.peek(); segment; segment = spool.peek()) {
    payloads.push(...(await spool.read(segment)));
    await spool.remove(segment);
  }
  return payloads.map((payload) => readTraces(payload));
}
