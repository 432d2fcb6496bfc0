import { readUpState } from './up-state.ts';

export interface Backend {
  /** Where it takes OTLP over HTTP. */
  otlpAddress: string;
  /** Where its pages and its HTTP API are. */
  httpAddress: string;
  /** Where it takes OTLP over gRPC, where that is known. */
  otlpGrpcAddress?: string | undefined;
}

/** The `up` of this data directory, wherever it listens; where none runs, the one that we would start. */
export function ownBackend(dataDir: string, env: NodeJS.ProcessEnv): Backend {
  const running = readUpState(dataDir)?.addresses;
  return {
    otlpAddress: running?.otlpHttp ?? local(env, 'SIGHTLINE_OTLP_HTTP_PORT', '4318'),
    httpAddress: running?.http ?? local(env, 'SIGHTLINE_HTTP_PORT', '16686'),
    otlpGrpcAddress: running?.otlpGrpc,
  };
}

/** A port of 0, a free one, could not be told to the agent in time: it means the usual one here. */
function local(env: NodeJS.ProcessEnv, name: string, usual: string): string {
  const port = env[name];
  const scheme = env.SIGHTLINE_TLS_CERT ? 'https' : 'http';
  return `${scheme}://127.0.0.1:${port && port !== '0' ? port : usual}`;
}
