/** Does the backend take spans? Asked as the agent would, with an empty request. */

import { readFileSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isUntrusted } from '../untrusted.ts';
import { type Finding, note, ok, problem } from './finding.ts';

const patienceMs = 5_000;
/** The `Date` header has whole seconds. */
const clockToleranceMs = 2_000;

interface Answer {
  readonly status: number;
  readonly date: string | undefined;
  readonly tookMs: number;
}

/** @param env as the program gets it */
export async function checkBackend(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const endpoint = endpointOf(env);
  if (!URL.canParse(endpoint)) return [problem(`the endpoint "${endpoint}" is no URL`, 'Give it as http://host:4318')];
  try {
    const sentMs = Date.now();
    const answer = await postNothing(new URL(endpoint), env);
    return [judge(endpoint, answer), ...checkClock(answer, sentMs)];
  } catch (error) {
    return [problem(`backend ${endpoint} cannot be reached: ${messageOf(error)}`, adviceFor(error))];
  }
}

export function endpointOf(env: NodeJS.ProcessEnv): string {
  const own = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?.trim();
  if (own) return own;
  const base = env.OTEL_EXPORTER_OTLP_ENDPOINT?.trim() || 'http://127.0.0.1:4318';
  return `${base.replace(/\/$/, '')}/v1/traces`;
}

function postNothing(url: URL, env: NodeJS.ProcessEnv): Promise<Answer> {
  const isSecure = url.protocol === 'https:';
  const certificate = setting(env, 'CERTIFICATE');
  const options = {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-length': 0, ...headersOf(env) },
    timeout: patienceMs,
    agent: false,
    ...(isSecure && certificate && { ca: readFileSync(certificate) }),
  };
  const startMs = performance.now();
  return new Promise((resolve, reject) => {
    const request = (isSecure ? requestHttps : requestHttp)(url, options, (response) => {
      response.resume();
      const tookMs = performance.now() - startMs;
      resolve({ status: response.statusCode ?? 0, date: response.headers.date, tookMs });
    });
    request.on('timeout', () => request.destroy(new Error(`no answer in ${patienceMs / 1_000} s`)));
    request.on('error', reject);
    request.end();
  });
}

function setting(env: NodeJS.ProcessEnv, suffix: string): string | undefined {
  return env[`OTEL_EXPORTER_OTLP_TRACES_${suffix}`] || env[`OTEL_EXPORTER_OTLP_${suffix}`];
}

function headersOf(env: NodeJS.ProcessEnv): Record<string, string> {
  const pairs = (setting(env, 'HEADERS') ?? '').split(',').filter((pair) => pair.includes('='));
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())];
    }),
  );
}

function judge(endpoint: string, { status, tookMs }: Answer): Finding {
  if (status >= 200 && status < 300) return ok(`backend ${endpoint} takes spans (${tookMs.toFixed(0)} ms)`);
  const text = `backend ${endpoint} answers with status ${status}`;
  if (status === 401 || status === 403) {
    return problem(text, 'It wants a token: OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20TOKEN');
  }
  if (status === 404 || status === 405) {
    return problem(text, 'Something else listens there, or the path is wrong: OTLP over HTTP is at /v1/traces.');
  }
  if (status === 429 || status >= 502) return note(text, 'It is busy; the agent keeps its spans and tries again.');
  return problem(text, 'Look at its log.');
}

function checkClock({ date, tookMs }: Answer, sentMs: number): Finding[] {
  const backendMs = Date.parse(date ?? '');
  if (Number.isNaN(backendMs)) return [];
  const aheadMs = backendMs - (sentMs + tookMs / 2);
  if (Math.abs(aheadMs) < clockToleranceMs) return [ok('the clocks of program and backend agree')];
  const seconds = Math.abs(aheadMs / 1_000).toFixed(0);
  const direction = aheadMs > 0 ? 'ahead of' : 'behind';
  return [
    note(
      `the backend's clock is ${seconds} s ${direction} ours`,
      'Searches for "the last minutes" may miss traces: set the clocks by NTP.',
    ),
  ];
}

function messageOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return message || code || String(error);
}

function adviceFor(error: unknown): string {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED')
    return 'Nothing listens there: "sightline up" starts a backend, as "sightline run" does by itself.';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return 'The name is not known: look at OTEL_EXPORTER_OTLP_ENDPOINT.';
  if (isUntrusted(error)) return 'Its certificate is not trusted: OTEL_EXPORTER_OTLP_CERTIFICATE names the authority.';
  return 'Look at OTEL_EXPORTER_OTLP_ENDPOINT, and at what is between here and there.';
}
