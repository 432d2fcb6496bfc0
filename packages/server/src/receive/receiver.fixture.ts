/** A spool on disk and a server before it, as `sightline up` puts them together, for the tests of receivers. */
import type { TracesData } from '@sightline/wire';
import type { FastifyInstance } from 'fastify';
import { onTestFinished } from 'vitest';
import { createGrpcServer, type GrpcServer, listenGrpc } from '../grpc/grpc-server.ts';
import { createApp } from '../http/app.ts';
import { listen } from '../http/listen.ts';
import type { ReceiveCounts } from '../metrics.ts';
import type { Spool } from '../spool/spool.ts';
import { TestIntake } from './intake.fixture.ts';
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
  const intake = await TestIntake.open(maxSpoolBytes);
  const { spool, metrics, log } = intake;
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
    await intake.close();
  });
  return { url, server, spool, metrics, received: () => intake.received() };
}

export interface HttpReceiver {
  /** The origin. */
  url: string;
  intake: TestIntake;
}

export async function startHttpReceiver(
  register: (app: FastifyInstance, deps: ReceiverDeps) => void,
  { maxSpoolBytes = 40 * 1024 * 1024 } = {},
): Promise<HttpReceiver> {
  const intake = await TestIntake.open(maxSpoolBytes);
  const app = createApp({ host: '127.0.0.1', log: intake.log, bodyLimitBytes: maxBodyBytes });
  register(app, intake);
  const url = await listen(app, '127.0.0.1', 0, '--http-port');
  onTestFinished(async () => {
    await app.close();
    await intake.close();
  });
  return { url, intake };
}
