/** What can be told before anything runs: Node, the agent's files, and the variables that are in effect. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Finding, note, ok, problem } from './finding.ts';

/** All that the agent may load: without one of them it runs, and does less. */
const agentFiles = ['register.cjs', 'agent.cjs', 'inject.cjs', 'loader.mjs', 'exit-worker.cjs', 'exporters.cjs'];

const otherTracers: readonly (readonly [inNodeOptions: RegExp, name: string])[] = [
  [/dd-trace/, 'Datadog’s dd-trace'],
  [/@opentelemetry\/|opentelemetry/, 'an OpenTelemetry SDK'],
  [/newrelic/, 'New Relic'],
  [/elastic-apm-node/, 'Elastic APM'],
  [/@sentry\//, 'Sentry'],
  [/dynatrace|oneagent/i, 'Dynatrace'],
];

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 6)) return ok(`Node.js ${version}`);
  return problem(`Node.js ${version} is too old`, 'Programs are traced from Node.js 20.6 on, and run untraced before.');
}

export function checkAgent(registerPath: string | undefined): Finding {
  if (registerPath === undefined) {
    return problem('the agent is not there', 'In a checkout, run "npm run build"; else install sightline again.');
  }
  const missing = agentFiles.filter((name) => !existsSync(join(dirname(registerPath), name)));
  if (missing.length === 0) return ok(`agent ${registerPath}`);
  return problem(`of the agent, ${missing.join(' and ')} is missing`, 'Install sightline again.');
}

/** @param env as the user has it, before `run` adds to it */
export function checkVariables(env: NodeJS.ProcessEnv): Finding[] {
  return [...checkDisabled(env), ...checkNodeOptions(env.NODE_OPTIONS ?? ''), ...listVariables(env)];
}

function checkDisabled(env: NodeJS.ProcessEnv): Finding[] {
  if (env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true') {
    return [problem('OTEL_SDK_DISABLED=true: nothing is traced', 'Unset it.')];
  }
  if (env.OTEL_TRACES_EXPORTER?.trim().toLowerCase() === 'none') {
    return [problem('OTEL_TRACES_EXPORTER=none: no span is sent', 'Unset it.')];
  }
  return [];
}

function checkNodeOptions(options: string): Finding[] {
  return otherTracers
    .filter(([pattern]) => pattern.test(options))
    .map(([, name]) =>
      problem(
        `NODE_OPTIONS loads ${name} as well: ${options}`,
        'Two tracers in one process cost twice, and may disturb each other: run with one of them.',
      ),
    );
}

function listVariables(env: NodeJS.ProcessEnv): Finding[] {
  const names = Object.keys(env).filter((name) => env[name] && /^(OTEL_|SIGHTLINE_|NODE_OPTIONS$)/.test(name));
  return names.sort().map((name) => note(`${name}=${isSecret(name) ? '…' : env[name]}`));
}

/** Headers carry tokens; what is printed here ends in bug reports. */
function isSecret(name: string): boolean {
  return /HEADERS|TOKEN|KEY|PASSWORD|SECRET/.test(name);
}
