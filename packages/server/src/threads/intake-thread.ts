/**
 * The thread that receives: all ports that spans come in at, and the spool. However much comes in, the
 * thread that serves pages and answers queries does not feel it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { SpoolStatus } from '@sightline/wire';
import { pino } from 'pino';
import { ReceiveCounts, type ReceiveSnapshot, threadCpuSeconds } from '../metrics.ts';
import { type ReceiverOptions, type Receivers, startReceivers } from '../receive/receivers.ts';
import type { SpoolRecovery } from '../spool/recover-segments.ts';
import type { Stretch } from '../spool/segment-format.ts';
import { type Segment, Spool, type SpoolOptions } from '../spool/spool.ts';
import { answerCalls } from './thread-calls.ts';

export interface IntakeOptions {
  spool: SpoolOptions;
  receivers: ReceiverOptions;
  logLevel: string;
}

export interface IntakeSnapshot {
  received: ReceiveSnapshot;
  spool: SpoolStatus;
  /** Of the thread, since it began; undefined where that is not known. */
  cpuSeconds: number | undefined;
}

const options = workerData as IntakeOptions;
const log = pino({ level: options.logLevel }, pino.destination({ fd: 2, sync: true }));
const counts = new ReceiveCounts();
let spool: Spool;
let receivers: Receivers | undefined;

const methods = {
  async openSpool(): Promise<SpoolRecovery> {
    spool = await Spool.open({
      ...options.spool,
      onCorrupt: (found) =>
        log.error(found, 'bytes of a spool segment went bad on disk; they were moved to a file of their own'),
    });
    return spool.recovery;
  },
  async listen(): Promise<Record<string, string>> {
    receivers = await startReceivers(options.receivers, { spool, metrics: counts, log });
    return receivers.addresses;
  },
  /** Takes no more; what was acknowledged is sealed. */
  async close(): Promise<void> {
    await receivers?.close();
    await spool.close();
  },
  snapshot(): IntakeSnapshot {
    return { received: counts.snapshot(), spool: spool.status(), cpuSeconds: threadCpuSeconds() };
  },
  sealed: (after: number, most: number): readonly Segment[] => spool.sealed(after, most),
  seal: (): Promise<void> => spool.seal(),
  waitForRecord: (): Promise<void> => spool.waitForRecord(),
  remove: (number: number, corrupt: readonly Stretch[]): Promise<void> => spool.remove(segmentOf(number), corrupt),
  setAside: (number: number): Promise<string> => spool.setAside(segmentOf(number)),
};

function segmentOf(number: number): Segment {
  const [segment] = spool.sealed(number - 1, 1);
  if (segment?.number !== number) throw new Error(`There is no segment ${number} in the spool.`);
  return segment;
}

export type IntakeMethods = typeof methods;

if (parentPort) answerCalls(parentPort, methods);
