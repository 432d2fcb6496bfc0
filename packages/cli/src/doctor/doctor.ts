/**
 * `sightline doctor [-- CMD…]`: why is there no trace, and what does tracing cost? Looks at the environment; with a
 * command, runs it as `sightline run` does, and explains what the agent in each of its processes reports.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCode, runExitCode } from '../exit-codes.ts';
import { findAgent } from '../run/agent-path.ts';
import { ensureBackend } from '../run/ensure-backend.ts';
import { planRun, type RunPlan } from '../run/environment.ts';
import { type Ending, launch, leaveAs } from '../run/launch.ts';
import { otherLanguage } from '../run/other-language.ts';
import { checkBackend } from './backend-check.ts';
import { checkAgent, checkNode, checkVariables } from './environment-check.ts';
import { type Finding, findingLines } from './finding.ts';
import { checkProcesses, processLines, readReports } from './run-check.ts';
import { checkInstalled } from './untraced-packages.ts';

const require = createRequire(import.meta.url);

export async function doctor(command: readonly string[], options: { up: boolean }): Promise<void> {
  const registerPath = findAgent();
  if (command.length === 0) return examine(registerPath);
  if (registerPath === undefined) {
    print(process.stderr, findingLines([checkAgent(registerPath)]));
    process.exitCode = runExitCode.launcherFailed;
    return;
  }
  await runAndExplain(command, planRun(process.env, registerPath), registerPath, options.up);
}

/** Without a command: exit code 1 where something is wrong. */
async function examine(registerPath: string | undefined): Promise<void> {
  const { env } = planRun(process.env, registerPath ?? 'agent');
  const findings = await environment(registerPath, env);
  print(process.stdout, [...findingLines(findings), '', 'sightline doctor -- COMMAND looks into a program, too.']);
  if (findings.some(({ level }) => level === 'problem')) process.exitCode = exitCode.failed;
}

async function runAndExplain(
  command: readonly string[],
  plan: RunPlan,
  registerPath: string,
  mayStart: boolean,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-doctor-'));
  const file = join(folder, 'reports');
  const startedMs = performance.now();
  const env = { ...plan.env, SIGHTLINE_REPORT: `json:${file}` };
  const program = launch(command, { ...env, ...(await otherLanguage(command, env)) });
  const backend = mayStart && plan.mayStartBackend && program.hasStarted ? ensureBackend(plan) : undefined;
  const [ending] = await Promise.all([program.ended, backend]);
  const ranMs = performance.now() - startedMs;
  if (!('error' in ending)) {
    const reports = readReports(file);
    await program.untilInterrupted(async () => {
      const run = [...checkProcesses(reports), ...(await environment(registerPath, plan.env))];
      const title = `sightline doctor: ${command.join(' ')}, ${endingText(ending)} after ${(ranMs / 1_000).toFixed(1)} s`;
      const processes = reports.flatMap((report) => ['', ...processLines(report)]);
      print(process.stderr, ['', title, '', ...findingLines(run), ...processes]);
    });
  }
  rmSync(folder, { recursive: true, force: true });
  leaveAs(ending, command[0] ?? '');
}

/** @param env as the program gets it */
async function environment(registerPath: string | undefined, env: NodeJS.ProcessEnv): Promise<Finding[]> {
  return [
    checkNode(process.versions.node),
    checkAgent(registerPath),
    ...(await checkBackend(env)),
    ...checkInstalled(process.cwd(), tracedPackages()),
    ...checkVariables(process.env),
  ];
}

function tracedPackages(): ReadonlySet<string> {
  try {
    const table = JSON.parse(readFileSync(require.resolve('@sightline/agent/libraries.json'), 'utf8'));
    return new Set((table as { packages: string[] }[]).flatMap(({ packages }) => packages));
  } catch {
    return new Set(); // the agent is not there, which is said already
  }
}

function endingText(ending: Exclude<Ending, { error: unknown }>): string {
  return 'signal' in ending ? `ended by ${ending.signal}` : `exit code ${ending.code}`;
}

function print(stream: NodeJS.WriteStream, lines: readonly string[]): void {
  stream.write(`${lines.join('\n')}\n`);
}
