/**
 * `sightline run CMD…`: CMD with the agent in it, and otherwise as if `sightline run` were not
 * there. The command starts first; whatever else there is to do (is a backend there?) happens
 * beside it. Nothing in this folder may import the server: `run` has to start in no time.
 */
import { isatty } from 'node:tty';
import { runExitCode } from '../exit-codes.ts';
import { findAgent } from './agent-path.ts';
import { ensureBackend } from './ensure-backend.ts';
import { planRun } from './environment.ts';
import { launch, leaveAs } from './launch.ts';
import { otherLanguage } from './other-language.ts';
import type { TracedRun } from './summary.ts';

/** The prompt comes back after that, with or without a summary. */
const summaryMs = 1_500;

export type Run = typeof run;

export async function run(command: readonly string[], options: { up: boolean }): Promise<void> {
  const registerPath = findAgent();
  if (registerPath === undefined) return failWithoutAgent();
  const startedUnixMs = Date.now();
  const plan = planRun(process.env, registerPath);
  const program = launch(command, { ...plan.env, ...(await otherLanguage(command, plan.env)) });
  const backend = options.up && plan.mayStartBackend && program.hasStarted ? ensureBackend(plan) : undefined;
  const [ending, backendIsStarting = false] = await Promise.all([program.ended, backend]);
  if (!('error' in ending) && isatty(2)) {
    await program.untilInterrupted((interrupted) =>
      summarize({ ...plan, startedUnixMs, backendIsStarting }, interrupted),
    );
  }
  leaveAs(ending, command[0] ?? '');
}

/** No backend, another program in its place, too slow: whatever it is, the command has run, and that is what counts. */
async function summarize(run: Omit<TracedRun, 'signal'>, interrupted: AbortSignal): Promise<void> {
  const limit = new AbortController();
  // Not AbortSignal.timeout: that would not keep us alive, and we would end before we can end as the command did.
  const timer = setTimeout(() => limit.abort(), summaryMs);
  try {
    const { summaryOf } = await import('./summary.ts');
    process.stderr.write(await summaryOf({ ...run, signal: AbortSignal.any([limit.signal, interrupted]) }));
  } catch {
    // Nothing is said.
  } finally {
    clearTimeout(timer);
  }
}

function failWithoutAgent(): void {
  process.stderr.write('sightline: the agent is not there: in a checkout, run `npm run build` first\n');
  process.exitCode = runExitCode.launcherFailed;
}
