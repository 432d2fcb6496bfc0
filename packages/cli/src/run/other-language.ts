/**
 * Commands in languages that no agent of ours is for: what their ecosystem offers, where it can be had, or a line that
 * says what to do. Only the command itself is looked at: what a Node or Python program starts is its own affair.
 */
import { basename } from 'node:path';

/** What to do instead, by the command's name. */
const instead: readonly (readonly [command: RegExp, language: string, advice: string])[] = [
  [/^go$/, 'Go', "add OpenTelemetry's SDK for Go, since its programs are compiled"],
  [/^(ruby|bundle|rails|rake|puma|rackup)$/, 'Ruby', 'add the gem opentelemetry-instrumentation-all'],
  [
    /^php(\d[\d.]*)?(-fpm[\d.]*)?$/,
    'PHP',
    'install the extension opentelemetry and the packages of its auto-instrumentation',
  ],
  [/^dotnet$/, '.NET', "run it with OpenTelemetry's .NET automatic instrumentation"],
  [/^(mix|iex|elixir)$/, 'Elixir', 'add the packages opentelemetry and opentelemetry_exporter'],
  [/^(deno)$/, 'Deno', 'set OTEL_DENO=true: it traces by itself'],
];

/** @returns what is added to the command's environment. Whatever has to be said to the user is said, on stderr. */
export async function otherLanguage(
  [file = '']: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<NodeJS.ProcessEnv> {
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return {};
  const name = basename(file);
  if (name === 'java') return java(env);
  const found = instead.find(([command]) => command.test(name));
  if (found) say(`${found[1]} programs are not traced by "run": ${found[2]} (docs/languages.md)`);
  return {};
}

async function java(env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const { JAVA_TOOL_OPTIONS: options = '' } = env;
  // Another agent of OpenTelemetry's or of somebody else's is there.
  if (options.includes('-javaagent:')) return {};
  const { provideJavaAgent } = await import('./java-agent.ts');
  const agent = await provideJavaAgent({ env, say });
  if (agent === undefined) return {};
  return {
    JAVA_TOOL_OPTIONS: `-javaagent:${quoted(agent)} ${options}`.trim(),
    // It would send these as well, and the backend takes spans only.
    OTEL_METRICS_EXPORTER: env.OTEL_METRICS_EXPORTER || 'none',
    OTEL_LOGS_EXPORTER: env.OTEL_LOGS_EXPORTER || 'none',
  };
}

/** As the JVM reads it: blanks divide, quotes hold together. */
function quoted(path: string): string {
  return /\s/.test(path) ? `"${path}"` : path;
}

function say(text: string): void {
  process.stderr.write(`sightline: ${text}\n`);
}
