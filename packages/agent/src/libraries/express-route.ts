/**
 * The route of a request in express and its router: the patterns of all mounts that led to the
 * handler, and the handler's own. Express tells only the actual prefix (`req.baseUrl`), so each mount
 * is noted as it is entered: `/api/acme` came of `/api/:tenant`.
 */
import type { IncomingMessage } from 'node:http';
import { callOf, type ServerCall } from './server-call.ts';

export interface ExpressRequest extends IncomingMessage {
  baseUrl?: string;
}

/** As the program gave it to `get` or `use`. */
export type Pattern = string | RegExp | readonly Pattern[];

/** A request of express's is the one of Node, with another prototype. */
export function enterMount(request: ExpressRequest, pattern: Pattern): void {
  const call = callOf(request);
  const baseUrl = request.baseUrl ?? '';
  if (call === undefined || baseUrl === '') return;
  call.mounts ??= [];
  leaveOthers(call.mounts, baseUrl);
  call.mounts.push(baseUrl, join(patternOf(call, parentOf(call.mounts)), pattern));
  call.fallbackRoute = mountedRoute;
}

export function enterRoute(request: ExpressRequest, pattern: Pattern): void {
  const call = callOf(request);
  if (call !== undefined) call.route = join(patternOf(call, request.baseUrl ?? ''), pattern);
}

/** Where middleware answered that was mounted at a path, that path; express has left it by the end where nobody answered. */
function mountedRoute(request: ExpressRequest): string | undefined {
  const call = callOf(request);
  const { baseUrl } = request;
  return call === undefined || !baseUrl ? undefined : patternOf(call, baseUrl);
}

/** `mounts` holds actual prefixes and patterns in turn, each prefix inside the one before. */
function leaveOthers(mounts: string[], baseUrl: string): void {
  while (mounts.length > 0 && !isInside(baseUrl, mounts[mounts.length - 2] ?? '')) mounts.length -= 2;
}

function isInside(baseUrl: string, mount: string): boolean {
  return baseUrl.length > mount.length && baseUrl.startsWith(mount);
}

function parentOf(mounts: readonly string[]): string {
  return mounts[mounts.length - 2] ?? '';
}

/** A prefix that was not seen to be entered stands for itself. */
function patternOf({ mounts }: ServerCall, baseUrl: string): string {
  if (mounts === undefined || baseUrl === '') return baseUrl;
  for (let i = mounts.length - 2; i >= 0; i -= 2) {
    if (mounts[i] === baseUrl) return mounts[i + 1] ?? baseUrl;
  }
  return baseUrl;
}

function join(prefix: string, pattern: Pattern): string {
  const text = Array.isArray(pattern) ? pattern.join(', ') : String(pattern);
  return text === '/' && prefix !== '' ? prefix : prefix + text;
}
