/**
 * Finds the version of the copy of `@opentelemetry/api` that is calling, by the file that stands on
 * the stack: from the package.json above it, or, where the copy is part of a bundle, from the
 * version's text before the call, since the API's modules are bundled version first. Only done
 * when a copy registers something, a few times in a process.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** From `dist/internal` or `build/src/internal` up to the package. */
const maxDepth = 4;

/**
 * @param callee the function that the copy called
 * @returns undefined where the version cannot be told
 */
export function callerVersion(callee: () => unknown): string | undefined {
  const site = callSite(callee);
  const name = site?.getFileName();
  if (!site || !name) return undefined;
  const file = name.startsWith('file:') ? fileURLToPath(name) : name;
  return versionOfPackage(dirname(file), maxDepth) ?? versionInBundle(readFileSync(file, 'utf8'), site);
}

/** Where the callee was called; the program's own handling of stacks is left as it was. */
function callSite(callee: () => unknown): NodeJS.CallSite | undefined {
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 1;
    Error.prepareStackTrace = (_, sites) => sites;
    const holder: { stack?: NodeJS.CallSite[] } = {};
    Error.captureStackTrace(holder, callee);
    return holder.stack?.[0];
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    if (prepareStackTrace) Error.prepareStackTrace = prepareStackTrace;
    else Reflect.deleteProperty(Error, 'prepareStackTrace');
  }
}

function versionOfPackage(folder: string, depth: number): string | undefined {
  const found = readPackage(join(folder, 'package.json'));
  if (found?.name === '@opentelemetry/api') return found.version;
  return depth === 0 ? undefined : versionOfPackage(dirname(folder), depth - 1);
}

function readPackage(file: string): { name?: string; version?: string } | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // most folders have none
  }
}

/** The last text like "1.9.0" before the call, or, where the bundler has put it in place, in it. */
function versionInBundle(source: string, site: NodeJS.CallSite): string | undefined {
  const callAt = offsetOf(source, site.getLineNumber() ?? 1, site.getColumnNumber() ?? 1);
  let version: string | undefined;
  for (const match of source.matchAll(/(["'`])(1\.\d+\.\d+)\1/g)) {
    if (match.index > callAt + 40 && version !== undefined) break;
    version = match[2];
  }
  return version;
}

function offsetOf(source: string, line: number, column: number): number {
  let lineStart = 0;
  for (let i = 1; i < line; i++) lineStart = source.indexOf('\n', lineStart) + 1;
  return lineStart + column - 1;
}
