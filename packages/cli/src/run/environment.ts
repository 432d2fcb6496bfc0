/**
 * What `run` changes in the command's environment: a variable for each language that it traces, one for the id of the
 * run, and the endpoint where the backend is not at the usual place. Bun, which reads no NODE_OPTIONS, has one of its
 * own: it lets the agent say that it cannot trace Bun.
 */
import { delimiter } from 'node:path';
import { dataDirectory } from '../data-dir.ts';
import { type Backend, ownBackend } from '../own-backend.ts';
import { readUpState } from '../up-state.ts';
import { pythonFolder } from './agent-path.ts';

export interface RunPlan {
  env: NodeJS.ProcessEnv;
  /** Every span of this run carries it as the resource attribute `sightline.run.id`. */
  runId: string;
  /** Where the agent will send its spans to. */
  otlpAddress: string;
  /** Where the pages and the HTTP API of that backend are, as far as one can know. */
  httpAddress: string;
  dataDir: string;
  /** Nobody configured an endpoint: the backend is ours to provide. */
  mayStartBackend: boolean;
}

/** Where the agent sends its spans by itself. */
const usualOtlpAddress = 'http://127.0.0.1:4318';

export function planRun(env: NodeJS.ProcessEnv, registerPath: string): RunPlan {
  const runId = newRunId();
  const dataDir = dataDirectory(env);
  const configured = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT;
  const backend = configured ? configuredBackend(configured, env) : ownBackend(dataDir, env);
  return {
    env: {
      ...env,
      NODE_OPTIONS: withAgent(env.NODE_OPTIONS, registerPath),
      PYTHONPATH: withFolder(env.PYTHONPATH, pythonFolder),
      BUN_OPTIONS: withOption(env.BUN_OPTIONS, `--preload ${quoted(registerPath)}`),
      OTEL_RESOURCE_ATTRIBUTES: withRunId(env.OTEL_RESOURCE_ATTRIBUTES, runId),
      ...(!configured && withToken(env)),
      ...(!configured && withEndpoint(backend, env)),
    },
    runId,
    dataDir,
    otlpAddress: backend.otlpAddress,
    httpAddress: backend.httpAddress,
    mayStartBackend: !configured && sendsOtlp(env) && env.OTEL_SDK_DISABLED?.toLowerCase() !== 'true',
  };
}

/** Whoever chose another format has somewhere else in mind. */
function sendsOtlp(env: NodeJS.ProcessEnv): boolean {
  return (env.OTEL_TRACES_EXPORTER || 'otlp').split(',').some((name) => name.trim() === 'otlp');
}

/** Where the backend is not where the agent looks by itself. */
function withEndpoint({ otlpAddress, otlpGrpcAddress }: Backend, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (otlpAddress === usualOtlpAddress) return {};
  const isGrpc = (env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL || env.OTEL_EXPORTER_OTLP_PROTOCOL) === 'grpc';
  const endpoint = isGrpc ? otlpGrpcAddress : otlpAddress;
  return endpoint === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
}

/** Somewhere else: if that is a Sightline, its pages are on the same host. */
function configuredBackend(otlpAddress: string, env: NodeJS.ProcessEnv): Backend {
  const running = readUpState(dataDirectory(env))?.addresses;
  const host = URL.canParse(otlpAddress) ? new URL(otlpAddress).hostname : '127.0.0.1';
  const isOurs = running?.otlpHttp !== undefined && otlpAddress.startsWith(running.otlpHttp);
  const httpAddress = isOurs && running.http ? running.http : `http://${host}:${env.SIGHTLINE_HTTP_PORT || '16686'}`;
  return { otlpAddress, httpAddress };
}

/** A backend with a token asks the agent for it as well. */
function withToken(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const token = env.SIGHTLINE_AUTH_TOKEN;
  if (!token || env.OTEL_EXPORTER_OTLP_HEADERS || env.OTEL_EXPORTER_OTLP_TRACES_HEADERS) return {};
  return { OTEL_EXPORTER_OTLP_HEADERS: `authorization=${encodeURIComponent(`Bearer ${token}`)}` };
}

/** Ours comes first, so that what the user's own preloads load is traced as well. */
export function withAgent(nodeOptions: string | undefined, registerPath: string): string {
  return withOption(nodeOptions, `--require ${quoted(registerPath)}`);
}

function withOption(options: string | undefined, ours: string): string {
  if (!options) return ours;
  return options.includes(ours) ? options : `${ours} ${options}`;
}

/** Ours comes first: the `sitecustomize` that the program would have had is found by ours. */
export function withFolder(path: string | undefined, folder: string): string {
  const others = (path ?? '').split(delimiter).filter((other) => other !== '' && other !== folder);
  return [folder, ...others].join(delimiter);
}

/** One run inside another (`npm start` that itself says `sightline run`): the inner id replaces the outer. */
export function withRunId(attributes: string | undefined, runId: string): string {
  const others = (attributes ?? '').split(',').filter((pair) => pair && !pair.startsWith('sightline.run.id='));
  return [...others, `sightline.run.id=${runId}`].join(',');
}

/** As Node reads NODE_OPTIONS: blanks divide, double quotes hold together, a backslash within them escapes. */
function quoted(path: string): string {
  return /[\s"\\]/.test(path) ? `"${path.replaceAll(/["\\]/g, '\\$&')}"` : path;
}

/** Unlike any other; not a secret, so that the start does not wait for node:crypto. */
function newRunId(): string {
  const parts = [Date.now(), process.pid, Math.floor(Math.random() * 2 ** 32)];
  return parts.map((part) => part.toString(36)).join('');
}
