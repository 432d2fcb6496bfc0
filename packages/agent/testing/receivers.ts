/** One receiver for each of the agent's formats, made of the format's own library; all show what they got in the same way. */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import type { TracesData } from '@sightline/wire';
import { certificate } from '../../../scripts/certificate.ts';
import { decodeEmitBatch, type ThriftStruct } from './jaeger-decoder.ts';
import { type ReceivedSpan, receivedSpans } from './otlp-decoder.ts';

export interface Receiver extends AsyncDisposable {
  /** What sends a program's spans here. */
  readonly env: Readonly<Record<string, string>>;
  /** Of the spans received, sorted; repeated where a span came twice. */
  readonly names: string[];
}

export interface JsonReceiver extends Receiver {
  readonly bodies: Buffer[];
}

/** @param env with `<url>` where the receiver's address belongs */
async function jsonReceiver(
  env: Readonly<Record<string, string>>,
  namesOf: (body: string) => string[],
): Promise<JsonReceiver> {
  const bodies: Buffer[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.headers['content-type'] === 'application/json') bodies.push(Buffer.concat(chunks));
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.replace('<url>', url)])),
    bodies,
    get names() {
      return bodies.flatMap((body) => namesOf(body.toString())).sort();
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function otlpJsonReceiver(): Promise<JsonReceiver> {
  const env = { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_EXPORTER_OTLP_ENDPOINT: '<url>' };
  return jsonReceiver(env, (body) =>
    (JSON.parse(body) as TracesData).resourceSpans
      .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
      .map(({ name }) => name),
  );
}

export function zipkinReceiver(): Promise<JsonReceiver> {
  const env = { OTEL_TRACES_EXPORTER: 'zipkin', OTEL_EXPORTER_ZIPKIN_ENDPOINT: '<url>/api/v2/spans' };
  return jsonReceiver(env, (body) => (JSON.parse(body) as { name: string }[]).map(({ name }) => name));
}

export interface JaegerReceiver extends Receiver {
  readonly datagrams: Buffer[];
  readonly batches: ThriftStruct[];
}

/** @param port 0 for a free one */
export async function jaegerReceiver(port = 0): Promise<JaegerReceiver> {
  const datagrams: Buffer[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (datagram) => datagrams.push(datagram));
  await new Promise<void>((resolve) => socket.bind(port, '127.0.0.1', resolve));
  const env = {
    OTEL_TRACES_EXPORTER: 'jaeger',
    OTEL_EXPORTER_JAEGER_AGENT_PORT: String(socket.address().port),
  };
  return {
    env,
    datagrams,
    get batches() {
      return datagrams.map(decodeEmitBatch);
    },
    get names() {
      return datagrams
        .map(decodeEmitBatch)
        .flatMap(({ spans }) => (spans as ThriftStruct[]).map(({ operationName }) => String(operationName)))
        .sort();
    },
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(resolve)),
  };
}

type Call = ServerUnaryCall<Buffer, Buffer>;
export type GrpcAnswerer = (answer: sendUnaryData<Buffer>, call: Call) => void;

export interface GrpcReceiver extends Receiver {
  readonly calls: Call[];
  readonly spans: ReceivedSpan[];
}

/** @param answer of each call; the default accepts it */
export async function grpcReceiver(
  answer: GrpcAnswerer = (callback) => callback(null, Buffer.alloc(0)),
  { tls = false, port = 0 } = {},
): Promise<GrpcReceiver> {
  const calls: Call[] = [];
  const spans: ReceivedSpan[] = [];
  const server = new Server();
  const asItIs = (bytes: Buffer): Buffer => bytes;
  const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
  const definition = {
    Export: {
      path,
      requestStream: false as const,
      responseStream: false as const,
      requestSerialize: asItIs,
      requestDeserialize: asItIs,
      responseSerialize: asItIs,
      responseDeserialize: asItIs,
    },
  };
  server.addService(definition, {
    Export(call: Call, callback: sendUnaryData<Buffer>) {
      calls.push(call);
      answer((error, value, ...rest) => {
        if (!error) spans.push(...receivedSpans(call.request));
        callback(error, value, ...rest);
      }, call);
    },
  });
  const { key, cert } = certificate;
  const keys = [{ private_key: Buffer.from(key), cert_chain: Buffer.from(cert) }];
  const credentials = tls ? ServerCredentials.createSsl(null, keys) : ServerCredentials.createInsecure();
  const boundPort = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return {
    env: {
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_ENDPOINT: `${tls ? 'https' : 'http'}://127.0.0.1:${boundPort}`,
    },
    calls,
    spans,
    get names() {
      return spans.map(({ name }) => name).sort();
    },
    [Symbol.asyncDispose]: async () => server.forceShutdown(),
  };
}
