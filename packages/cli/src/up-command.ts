/** `sightline up`: its options, and what they say to the server. */
import { resolve } from 'node:path';
import type { ClickHouseOptions, ReceiverPorts, ServerOptions } from '@sightline/server';
import { type Command, Option } from 'commander';
import { dataFlag, flag } from './flags.ts';
import { upHelp } from './help.ts';
import {
  parseBytes,
  parseCount,
  parseLength,
  parseOptionalPort,
  parsePort,
  parseRetention,
  type Retention,
} from './values.ts';

export function addUp(program: Command): void {
  program
    .command('up')
    .summary('start the backend and its pages')
    .description(
      'Starts the backend: it receives, stores, searches and explains traces, and shows them in the browser.',
    )
    .addOption(flag('--http-port <port>', 'pages and HTTP API').default(16_686).argParser(parsePort))
    .addOption(optionalPort('--grpc-port', 16_685, 'queries as Jaeger takes them, over gRPC'))
    .addOption(flag('--otlp-http-port <port>', 'OTLP over HTTP').default(4_318).argParser(parsePort))
    .addOption(optionalPort('--otlp-grpc-port', 4_317, 'OTLP over gRPC'))
    .addOption(optionalPort('--jaeger-compact-port', 6_831, 'Jaeger, Thrift compact over UDP'))
    .addOption(optionalPort('--jaeger-binary-port', 6_832, 'Jaeger, Thrift binary over UDP'))
    .addOption(optionalPort('--jaeger-http-port', 14_268, 'Jaeger, Thrift over HTTP'))
    .addOption(optionalPort('--jaeger-grpc-port', 14_250, 'Jaeger over gRPC'))
    .addOption(optionalPort('--zipkin-port', 9_411, 'Zipkin over HTTP'))
    .addOption(optionalPort('--sampling-port', 5_778, 'sampling strategies for Jaeger clients, over HTTP'))
    .addOption(optionalPort('--sampling-grpc-port', 5_779, 'the same over gRPC'))
    .addOption(flag('--sampling-strategies <file>', 'how much each service sends, in Jaeger’s JSON format'))
    .addOption(new Option('--otlp-http-fd <number>', 'a socket that listens already').argParser(Number).hideHelp())
    .addOption(dataFlag())
    .addOption(flag('--clickhouse <url>', 'keep the traces in this server: http://user:password@host:8123/database'))
    .addOption(flag('--clickhouse-cluster <name>', 'spread them over the shards of a cluster that it knows'))
    .addOption(flag('--clickhouse-password-file <file>', 'a file with the password'))
    .addOption(new Option('--clickhouse-password <password>').env('SIGHTLINE_CLICKHOUSE_PASSWORD').hideHelp())
    .addOption(flag('--clickhouse-ca <file>', 'a PEM file of who may have signed the server’s certificate'))
    .addOption(
      flag('--role <role>', 'ingest only receives, query only answers; both need --clickhouse')
        .choices(['all', 'ingest', 'query'])
        .default('all'),
    )
    .addOption(
      flag('--retention <age>', 'remove older traces; SERVICE=AGE, again, for services of which to keep more or less')
        .default({ age: parseLength('7d') } satisfies Retention, '7d')
        .argParser(parseRetention),
    )
    .addOption(
      flag('--max-disk <size>', 'remove the oldest traces above it')
        .default(parseBytes('20GB'), '20GB')
        .argParser(parseBytes),
    )
    .addOption(
      flag('--spool-max <size>', 'what may wait for the database')
        .default(parseBytes('2GB'), '2GB')
        .argParser(parseBytes),
    )
    .addOption(
      flag(
        '--memory <size>',
        'what the built-in database may take; default: a quarter of the machine, at most 1.1GB',
      ).argParser(parseBytes),
    )
    .addOption(
      flag('--query-timeout <time>', 'how long the database may take over a question')
        .default(parseLength('30s'), '30s')
        .argParser(parseLength),
    )
    .addOption(
      flag('--query-max-rows <count>', 'how many rows the database may read at once for a question')
        .default(1_000_000_000)
        .argParser(parseCount),
    )
    .addOption(flag('--host <address>', 'listen on this address').default('127.0.0.1'))
    .addOption(flag('--auth-token <token>', 'ask every client for this bearer token'))
    .addOption(flag('--insecure', 'listen on other addresses than this machine’s own without a token').default(false))
    .addOption(
      flag('--tls-cert <file>', 'speak TLS on every port but UDP’s, with this certificate (PEM, with those above it)'),
    )
    .addOption(flag('--tls-key <file>', 'the certificate’s private key (PEM)'))
    .addOption(
      flag('--ready-file <file>', 'write the addresses in use to it, as JSON, once ready').argParser((file) =>
        resolve(file),
      ),
    )
    .addOption(
      flag('--log-level <level>', 'what is logged')
        .choices(['debug', 'info', 'warn', 'error', 'silent'])
        .default('warn'),
    )
    .addHelpText('after', upHelp)
    .action(async (values, command: Command) => {
      const { up } = await import('./up.ts');
      await up(serverOptionsOf(values, command));
    });
}

/** As commander names the options. */
interface UpValues
  extends Omit<
    ServerOptions,
    | 'dataDir'
    | 'retention'
    | 'clickhouse'
    | 'maxDiskBytes'
    | 'maxSpoolBytes'
    | 'memoryBytes'
    | 'queryTimeoutMs'
    | 'ports'
    | 'optionalPorts'
    | 'grpcPort'
    | 'isGrpcPortOptional'
    | 'tls'
  > {
  data: string;
  clickhouse?: string;
  clickhousePassword?: string;
  clickhousePasswordFile?: string;
  clickhouseCa?: string;
  clickhouseCluster?: string;
  tlsCert?: string;
  tlsKey?: string;
  retention: Retention;
  memory?: number;
  queryTimeout: number;
  maxDisk: number;
  spoolMax: number;
  grpcPort: number | 'off';
  otlpHttpPort: number;
  otlpGrpcPort: number | 'off';
  jaegerCompactPort: number | 'off';
  jaegerBinaryPort: number | 'off';
  jaegerHttpPort: number | 'off';
  jaegerGrpcPort: number | 'off';
  zipkinPort: number | 'off';
  samplingPort: number | 'off';
  samplingGrpcPort: number | 'off';
}

const portNames = [
  'otlpHttp',
  'otlpGrpc',
  'jaegerCompact',
  'jaegerBinary',
  'jaegerHttp',
  'jaegerGrpc',
  'zipkin',
  'sampling',
  'samplingGrpc',
] as const satisfies readonly (keyof ReceiverPorts)[];

function serverOptionsOf(values: UpValues, command: Command): ServerOptions {
  const {
    data,
    retention,
    memory,
    queryTimeout,
    maxDisk,
    spoolMax,
    grpcPort,
    clickhouse,
    clickhousePassword,
    clickhousePasswordFile,
    clickhouseCa,
    clickhouseCluster,
    tlsCert,
    tlsKey,
    ...options
  } = values;
  const ports: ReceiverPorts = {};
  for (const name of portNames) {
    const port = values[`${name}Port`];
    if (port !== 'off') ports[name] = port;
  }
  const isDefault = (name: keyof ReceiverPorts | 'grpc'): boolean =>
    command.getOptionValueSource(`${name}Port`) === 'default';
  const optionalPorts = portNames.filter((name) => name !== 'otlpHttp' && isDefault(name));
  const store = clickHouseOf(values);
  const tls = tlsOf(values, command);
  return {
    ...options,
    ports,
    optionalPorts,
    ...(grpcPort !== 'off' && { grpcPort, isGrpcPortOptional: isDefault('grpc') }),
    dataDir: data,
    retention: retention.age,
    ...(retention.services && { serviceRetention: retention.services }),
    maxDiskBytes: maxDisk,
    maxSpoolBytes: spoolMax,
    queryTimeoutMs: queryTimeout,
    ...(memory !== undefined && { memoryBytes: memory }),
    ...(store && { clickhouse: store }),
    ...(tls && { tls }),
  };
}

function clickHouseOf(values: UpValues): ClickHouseOptions | undefined {
  const {
    clickhouse: url,
    clickhousePassword: password,
    clickhousePasswordFile,
    clickhouseCa: caFile,
    clickhouseCluster: cluster,
  } = values;
  if (url === undefined) return undefined;
  return {
    url,
    ...(password !== undefined && { password }),
    ...(clickhousePasswordFile !== undefined && { passwordFile: clickhousePasswordFile }),
    ...(caFile !== undefined && { caFile }),
    ...(cluster !== undefined && { cluster }),
  };
}

function tlsOf({ tlsCert, tlsKey }: UpValues, command: Command): ServerOptions['tls'] {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined)
    return command.error('error: --tls-key needs --tls-cert: which certificate is it the key of?');
  if (tlsKey === undefined) return command.error('error: --tls-cert needs --tls-key: where is its private key?');
  return { certFile: resolve(tlsCert), keyFile: resolve(tlsKey) };
}

/** A port that others than us may have taken: where nobody asked for it, nobody is listened to there then. */
function optionalPort(name: string, port: number, description: string): Option {
  return flag(`${name} <port>`, description).default(port).argParser(parseOptionalPort);
}
