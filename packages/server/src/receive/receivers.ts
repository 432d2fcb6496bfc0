/** All ports that spans come in at. */
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { createGrpcServer, type GrpcServer, listenGrpc } from '../grpc/grpc-server.ts';
import { urlOf } from '../http/address.ts';
import { createApp } from '../http/app.ts';
import { Certificate, type CertificateFiles } from '../http/certificate.ts';
import type { GuardOptions } from '../http/guard.ts';
import { listen } from '../http/listen.ts';
import { ServerError } from '../http/server-error.ts';
import { maxBodyBytes, type ReceiverDeps } from './intake.ts';
import { registerJaegerGrpc } from './jaeger-grpc.ts';
import { registerJaegerHttp } from './jaeger-http.ts';
import { listenJaegerUdp } from './jaeger-udp.ts';
import { registerOtlpGrpc } from './otlp-grpc.ts';
import { registerOtlpHttp } from './otlp-http.ts';
import { registerSamplingGrpc } from './sampling/sampling-grpc.ts';
import { registerSampling } from './sampling/sampling-http.ts';
import { SamplingStrategies } from './sampling/sampling-strategies.ts';
import { registerZipkin } from './zipkin-http.ts';

/** By the names of the ready file: 0 finds a free one, one that is not there is not listened on. */
export interface ReceiverPorts {
  otlpHttp?: number;
  otlpGrpc?: number;
  jaegerCompact?: number;
  jaegerBinary?: number;
  jaegerHttp?: number;
  jaegerGrpc?: number;
  zipkin?: number;
  sampling?: number;
  samplingGrpc?: number;
}

export interface ReceiverOptions {
  /** To listen on. */
  host: string;
  authToken?: string;
  insecure?: boolean;
  /** All ports but UDP's speak TLS then. */
  tls?: CertificateFiles;
  ports: ReceiverPorts;
  /** Ports that another program may have: then nothing is received there, and the log says so. */
  optionalPorts?: readonly (keyof ReceiverPorts)[];
  /** A socket for OTLP over HTTP that listens already, by its file descriptor; then `ports.otlpHttp` does not matter. */
  otlpHttpFd?: number;
  /** Jaeger's file of sampling strategies; default: all is sampled. */
  samplingStrategies?: string;
}

export interface Receivers {
  /** By the names of the ready file. */
  addresses: Record<string, string>;
  /** Answers what has come, and takes no more. */
  close(): Promise<void>;
}

type Deps = ReceiverDeps & { log: Logger };

/** @throws ServerError: nothing listens then */
export async function startReceivers(options: ReceiverOptions, deps: Deps): Promise<Receivers> {
  const started = new StartedReceivers(options, deps);
  try {
    for (const name of portNames) await started.start(name);
  } catch (error) {
    await started.close();
    throw error;
  }
  return started;
}

class StartedReceivers implements Receivers {
  readonly addresses: Record<string, string> = {};
  readonly #options: ReceiverOptions;
  readonly #deps: Deps;
  readonly #certificate: Certificate | undefined;
  #strategies: SamplingStrategies | undefined;
  readonly #closes: (() => Promise<unknown> | unknown)[] = [];

  constructor(options: ReceiverOptions, deps: Deps) {
    this.#options = options;
    this.#deps = deps;
    this.#certificate = options.tls && Certificate.open(options.tls, deps.log);
    this.#closes.push(() => this.#certificate?.close());
  }

  async start(name: keyof ReceiverPorts): Promise<void> {
    const port = this.#options.ports[name];
    if (port === undefined) return;
    try {
      this.addresses[name] = await this.#listen[name](port, portFlags[name]);
    } catch (error) {
      if (!this.#mayBeTaken(name, error)) throw error;
      this.#deps.log.warn(`${error.message} Nothing is received there now.`);
    }
  }

  #mayBeTaken(name: keyof ReceiverPorts, error: unknown): error is ServerError {
    const isTaken = error instanceof ServerError && error.code === 'port-in-use';
    return isTaken && this.#options.optionalPorts?.includes(name) === true;
  }

  async close(): Promise<void> {
    await Promise.all(this.#closes.map((close) => close()));
  }

  readonly #listen: Record<keyof ReceiverPorts, (port: number, flag: string) => Promise<string>> = {
    otlpHttp: (port, flag) => this.#http(port, flag, registerOtlpHttp, this.#options.otlpHttpFd),
    otlpGrpc: (port, flag) => this.#grpc(port, flag, registerOtlpGrpc),
    jaegerCompact: (port, flag) => this.#udp(port, flag),
    jaegerBinary: (port, flag) => this.#udp(port, flag),
    jaegerHttp: (port, flag) => this.#http(port, flag, registerJaegerHttp),
    jaegerGrpc: (port, flag) => this.#grpc(port, flag, registerJaegerGrpc),
    zipkin: (port, flag) => this.#http(port, flag, registerZipkin),
    sampling: async (port, flag) => {
      const strategies = this.#openStrategies();
      return this.#http(port, flag, (app) => registerSampling(app, strategies));
    },
    samplingGrpc: async (port, flag) => {
      const strategies = this.#openStrategies();
      return this.#grpc(port, flag, (server) => registerSamplingGrpc(server, strategies));
    },
  };

  get #guard(): GuardOptions {
    return { ...this.#options, certificate: this.#certificate };
  }

  async #http(
    port: number,
    flag: string,
    register: (app: FastifyInstance, deps: Deps) => void,
    fd?: number,
  ): Promise<string> {
    const app = createApp({ ...this.#guard, log: this.#deps.log, bodyLimitBytes: maxBodyBytes });
    this.#closes.push(() => app.close());
    register(app, this.#deps);
    return await listen(app, this.#options.host, port, flag, fd);
  }

  async #grpc(port: number, flag: string, register: (server: GrpcServer, deps: Deps) => void): Promise<string> {
    const server = createGrpcServer({
      ...this.#guard,
      log: this.#deps.log,
      maxMessageBytes: maxBodyBytes,
      onRefused: (reason) => this.#deps.metrics.rejectedRequest(reason),
    });
    this.#closes.push(() => server.close());
    register(server, this.#deps);
    return await listenGrpc(server, this.#options.host, port, flag);
  }

  async #udp(port: number, flag: string): Promise<string> {
    const { host } = this.#options;
    const receiver = await listenJaegerUdp({ host, port, flag }, this.#deps);
    this.#closes.push(() => receiver.close());
    return urlOf(host, receiver.port, 'udp');
  }

  /** Both ports have the same. */
  #openStrategies(): SamplingStrategies {
    if (!this.#strategies) {
      const strategies = SamplingStrategies.open(this.#options.samplingStrategies, this.#deps.log);
      this.#strategies = strategies;
      this.#closes.push(() => strategies.close());
    }
    return this.#strategies;
  }
}

const portFlags: Record<keyof ReceiverPorts, string> = {
  otlpHttp: '--otlp-http-port',
  otlpGrpc: '--otlp-grpc-port',
  jaegerCompact: '--jaeger-compact-port',
  jaegerBinary: '--jaeger-binary-port',
  jaegerHttp: '--jaeger-http-port',
  jaegerGrpc: '--jaeger-grpc-port',
  zipkin: '--zipkin-port',
  sampling: '--sampling-port',
  samplingGrpc: '--sampling-grpc-port',
};

const portNames = Object.keys(portFlags) as (keyof ReceiverPorts)[];
