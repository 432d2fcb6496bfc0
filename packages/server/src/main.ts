/** The backend's composition root: the only file that knows all parts. */
import { existsSync, readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StatusResponse } from '@sightline/wire';
import type { FastifyInstance } from 'fastify';
import { type Logger, pino } from 'pino';
import { registerQueries } from './api/grpc/register-queries.ts';
import { registerApi } from './api/register.ts';
import { createGrpcServer, listenGrpc } from './grpc/grpc-server.ts';
import { answerNotFound, createApp } from './http/app.ts';
import { Certificate } from './http/certificate.ts';
import { assertSafeToListen, listen } from './http/listen.ts';
import { servePages } from './http/pages.ts';
import { ServerError } from './http/server-error.ts';
import { Metrics } from './metrics.ts';
import { openStore } from './open-store.ts';
import { Dependencies } from './query/dependencies.ts';
import type { ServerOptions } from './server-options.ts';
import { retentionStatus, storeStatus } from './status.ts';
import { announceAddress } from './store/data-lock.ts';
import { scheduleRetention } from './store/retention-schedule.ts';
import { type Store, StoreError } from './store/store.ts';
import { renewWriterIdentity, writerIdentity } from './store/writer-identity.ts';
import { Writers } from './store/writers.ts';
import { Encoder } from './threads/encoder.ts';
import { Intake } from './threads/intake.ts';

export { ServerError, type ServerErrorCode } from './http/server-error.ts';
export type { ReceiverPorts } from './receive/receivers.ts';
export type { Role, ServerOptions } from './server-options.ts';
export type { ClickHouseOptions } from './store/clickhouse-address.ts';
export { StoreError, type StoreErrorCode } from './store/store-error.ts';

export interface RunningServer {
  /** `http`, `otlpHttp`: URLs. */
  addresses: Record<string, string>;
  /** Takes no more, writes what was taken to the store, and closes it. Idempotent. */
  stop(): Promise<void>;
}

/** @throws StoreError, ServerError: nothing keeps running then */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  assertSafeToListen(options);
  const started = new Started();
  try {
    const addresses = await start(options, started);
    return { addresses, stop: () => started.stop() };
  } catch (error) {
    await started.stop();
    throw error;
  }
}

/** What runs, to be stopped in the opposite order. */
class Started {
  readonly #stops: (() => Promise<unknown>)[] = [];
  #stopped: Promise<void> | undefined;

  onStop(stop: () => Promise<unknown>): void {
    this.#stops.push(stop);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  async #stopAll(): Promise<void> {
    for (const stop of this.#stops.reverse()) await stop();
  }
}

async function start(options: ServerOptions, started: Started): Promise<Record<string, string>> {
  assertRoleIsPossible(options);
  const log = pino({ level: options.logLevel }, pino.destination({ fd: 2, sync: true }));
  const onStop = (stop: () => Promise<unknown>): void => started.onStop(stop);
  const certificate = options.tls && Certificate.open(options.tls, log);
  onStop(async () => certificate?.close());
  const store = await openStore(options, log, onStop);
  const metrics = new Metrics();
  onStop(async () => metrics.stop());
  const intake = options.role === 'query' ? undefined : await startWriting(options, { store, metrics, log, onStop });

  const addresses: Record<string, string> = {};
  const dependencies = new Dependencies();
  const api = apiApp(options, { store, intake, metrics, log, addresses, certificate, dependencies });
  onStop(() => api.close());
  addresses.http = await listen(api, options.host, options.httpPort, '--http-port');
  const grpc = await listenForQueries(options, { store, log, onStop, certificate, dependencies });
  if (grpc !== undefined) addresses.grpc = grpc;
  Object.assign(addresses, await intake?.listen());

  if (intake) await announceAddress(options.dataDir, addresses.http);
  if (options.readyFile) await writeReadyFile(options.readyFile, addresses);
  log.info(addresses, 'ready');
  return addresses;
}

function assertRoleIsPossible({ role = 'all', clickhouse }: ServerOptions): void {
  if (role === 'all' || clickhouse) return;
  throw new ServerError(
    'role-without-store',
    `--role ${role} shares its traces with others, and so needs --clickhouse: where are they?`,
  );
}

interface WritingParts {
  store: Store;
  metrics: Metrics;
  log: Logger;
  onStop(stop: () => Promise<unknown>): void;
}

/** From the receivers to the store. Nothing is received before `listen`. */
async function startWriting(options: ServerOptions, { store, metrics, log, onStop }: WritingParts): Promise<Intake> {
  onStop(scheduleRetention({ ...options, store, log }));
  const onCrash = (error: Error): void => crash(log, error);
  const { dataDir, clickhouse } = options;
  const known = clickhouse ? await writerIdentity(dataDir) : 0;
  const last = await lastNumber(store, known);
  const intake = await startIntake(options, last ?? 0, log, onCrash);
  onStop(() => intake.stop());
  const isNew = last === undefined && intake.recovery.segments === 0;
  const writer = isNew ? await renewWriterIdentity(dataDir) : known;
  const directories = { spoolDirectory: join(dataDir, 'spool'), blockDirectory: join(dataDir, 'inserts') };
  const encoder = new Encoder({ writer, ...directories }, onCrash);
  onStop(() => encoder.stop());
  const writers = new Writers({ spool: intake, encoder, store, metrics, log });
  onStop(async () => {
    await intake.close();
    await writers.stop();
  });
  return intake;
}

/**
 * Of a store that is away it is not known. Numbers that the spool still has are larger than any that the store has; without those, and
 * with a clock that was set back, only another writer's numbers are surely new.
 */
async function lastNumber(store: Store, writer: number): Promise<number | undefined> {
  try {
    return await store.lastReceivedAtMs(writer);
  } catch (error) {
    if (error instanceof StoreError && error.code === 'store-unreachable') return undefined;
    throw error;
  }
}

async function startIntake(
  options: ServerOptions,
  lastNumber: number,
  log: Logger,
  onCrash: (error: Error) => void,
): Promise<Intake> {
  const { host, authToken, insecure, tls, ports, optionalPorts, otlpHttpFd, samplingStrategies } = options;
  const intake = await Intake.start(
    {
      spool: {
        directory: join(options.dataDir, 'spool'),
        lastNumber,
        ...given({ maxBytes: options.maxSpoolBytes }),
      },
      receivers: {
        host,
        ports,
        ...given({ authToken, insecure, tls, optionalPorts, otlpHttpFd, samplingStrategies }),
      },
      logLevel: options.logLevel,
    },
    onCrash,
  );
  const { segments, cutBytes } = intake.recovery;
  if (segments > 0) log.info(intake.recovery, 'spans of an earlier run are in the spool and go to the store now');
  if (cutBytes > 0)
    log.warn({ cutBytes }, 'a write that a crash had interrupted was cut off; it had not been acknowledged');
  return intake;
}

type Given<Values> = { [Name in keyof Values]?: Exclude<Values[Name], undefined> };

/** Without the values that are not there. */
function given<Values extends object>(values: Values): Given<Values> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<Values>;
}

/** A server without one of its threads would refuse or keep everything for ever: whoever started it can start it anew. */
function crash(log: Logger, error: Error): never {
  log.fatal({ err: error }, 'a thread of the server crashed');
  process.exit(1);
}

interface ApiParts {
  store: Store;
  /** Not where nothing is received. */
  intake: Intake | undefined;
  metrics: Metrics;
  log: Logger;
  certificate: Certificate | undefined;
  /** Filled while the server starts. */
  addresses: Record<string, string>;
  dependencies: Dependencies;
}

function apiApp(
  options: ServerOptions,
  { store, intake, metrics, log, addresses, certificate, dependencies }: ApiParts,
): FastifyInstance {
  const startedMs = Date.now();
  const app = createApp({ ...options, certificate, log });
  registerApi(app, {
    store,
    metrics: async () => metrics.text(await intake?.snapshot()),
    ready: () => (intake ? addresses.otlpHttp : addresses.http) !== undefined,
    hasQueries: options.role !== 'ingest',
    version: version(),
    dependencies,
    status: async (): Promise<StatusResponse> => ({
      version: version(),
      startedUnixNano: `${startedMs}000000`,
      addresses,
      ...(await storeStatus(store)),
      retention: retentionStatus(options),
      ...(intake && { spool: (await intake.snapshot()).spool }),
    }),
  });
  const webDir = options.webDir ?? fileURLToPath(new URL('web', import.meta.url));
  if (options.role !== 'ingest' && existsSync(join(webDir, 'index.html'))) servePages(app, webDir);
  else app.setNotFoundHandler(answerNotFound);
  return app;
}

const grpcFlag = '--grpc-port';

interface QueryParts extends Pick<WritingParts, 'store' | 'log' | 'onStop'> {
  certificate: Certificate | undefined;
  dependencies: Dependencies;
}

/** @returns the URL; undefined where nobody asked for it, or another program has a port that we may do without */
async function listenForQueries(
  options: ServerOptions,
  { store, log, onStop, certificate, dependencies }: QueryParts,
): Promise<string | undefined> {
  const { host, grpcPort, isGrpcPortOptional, role } = options;
  if (grpcPort === undefined || role === 'ingest') return undefined;
  const server = createGrpcServer({ ...options, certificate, log });
  registerQueries(server, store, dependencies);
  onStop(() => server.close());
  try {
    return await listenGrpc(server, host, grpcPort, grpcFlag);
  } catch (error) {
    if (!(isGrpcPortOptional && error instanceof ServerError && error.code === 'port-in-use')) throw error;
    log.warn(`${error.message} There are no queries over gRPC now.`);
    return undefined;
  }
}

/** Renamed into place, so that whoever waits for it never reads a half. */
async function writeReadyFile(path: string, addresses: Record<string, string>): Promise<void> {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(addresses)}\n`);
  await rename(draft, path);
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
}
