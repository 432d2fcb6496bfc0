/** `sightline up`: the server in the foreground of this process. The only file that loads it. */
import type { ServerErrorCode, ServerOptions, StoreErrorCode } from '@sightline/server';
import { exitCode } from './exit-codes.ts';
import { removeUpState, writeUpState } from './up-state.ts';

export async function up(options: ServerOptions): Promise<void> {
  const { startServer } = await import('@sightline/server');
  try {
    const server = await startServer(options);
    writeUpState(options.dataDir, { pid: process.pid, addresses: server.addresses });
    process.stdout.write(greeting(server.addresses, options.dataDir));
    await firstOf('SIGINT', 'SIGTERM');
    removeUpState(options.dataDir);
    await server.stop();
    process.exit(0);
  } catch (error) {
    fail(error, options.dataDir);
  }
}

function greeting(addresses: Record<string, string>, dataDir: string): string {
  const lines = Object.entries(names).filter(([, name]) => addresses[name] !== undefined);
  return `Sightline is up.

${lines.map(([label, name]) => `  ${label.padEnd(26)}${addresses[name]}\n`).join('')}  ${'data'.padEnd(26)}${dataDir}

Trace a program:  sightline run node server.js
Stop with Ctrl-C.
`;
}

const names: Record<string, string> = {
  'pages and HTTP API': 'http',
  'Jaeger queries over gRPC': 'grpc',
  'OTLP over HTTP': 'otlpHttp',
  'OTLP over gRPC': 'otlpGrpc',
  'Jaeger over UDP, compact': 'jaegerCompact',
  'Jaeger over UDP, binary': 'jaegerBinary',
  'Jaeger over HTTP': 'jaegerHttp',
  'Jaeger over gRPC': 'jaegerGrpc',
  Zipkin: 'zipkin',
  'sampling strategies': 'sampling',
  'sampling strategies, gRPC': 'samplingGrpc',
};

/** A second signal while the server stops finds no listener any more, and ends the process at once. */
function firstOf(...signals: NodeJS.Signals[]): Promise<void> {
  return new Promise((resolve) => {
    const onSignal = (): void => {
      for (const signal of signals) process.off(signal, onSignal);
      resolve();
    };
    for (const signal of signals) process.on(signal, onSignal);
  });
}

const exitCodes: Partial<Record<string, number>> = {
  'host-not-safe': exitCode.usage,
  'port-in-use': exitCode.cannotListen,
  'address-unusable': exitCode.cannotListen,
  'data-directory-in-use': exitCode.dataDirectoryHeld,
  'data-directory-unusable': exitCode.dataDirectoryUnusable,
  'schema-too-new': exitCode.dataDirectoryUnusable,
  'sampling-file-unusable': exitCode.usage,
  'certificate-unusable': exitCode.usage,
  'clickhouse-options-invalid': exitCode.usage,
  'role-without-store': exitCode.usage,
  'store-refused': exitCode.databaseRefuses,
} satisfies Partial<Record<ServerErrorCode | StoreErrorCode, number>>;

function fail(error: unknown, dataDir: string): void {
  const { code = '', message, path } = error as NodeJS.ErrnoException;
  // What the server did not expect of the file system: no permission, a full disk, a broken one.
  const isDirectory = path?.startsWith(dataDir) === true;
  const text = isDirectory
    ? `The data directory ${dataDir} cannot be used: ${message}. Choose another with --data.`
    : message;
  process.stderr.write(`sightline: ${text}\n`);
  process.exit(exitCodes[code] ?? (isDirectory ? exitCode.dataDirectoryUnusable : exitCode.failed));
}
