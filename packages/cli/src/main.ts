/**
 * What `sightline` starts with: `run`, built as one CommonJS file without dependencies. Loading ES modules and parsing
 * options takes twice as long as all else that `run` does before its command starts, so both are left to
 * command-line.ts, which is loaded where there is something to parse.
 */
import { run } from './run/run.ts';

void main(process.argv.slice(2));

async function main(args: string[]): Promise<void> {
  forgetUnsetVariables();
  const command = plainCommand(args);
  if (command) return run(command, { up: true });
  const { commandLine } = await import('./command-line.ts');
  await commandLine(args, run);
}

/** What `run` starts, where no option stands before it: then there is nothing to parse. */
function plainCommand([name, first, ...others]: string[]): string[] | undefined {
  if (name !== 'run' || first === undefined) return undefined;
  if (first === '--') return others.length > 0 ? others : undefined;
  return first.startsWith('-') ? undefined : [first, ...others];
}

/** Compose files and service units set variables to nothing, or to `false`, and mean that they are not set. */
function forgetUnsetVariables(): void {
  for (const name of Object.keys(process.env)) {
    const unset = name === 'SIGHTLINE_INSECURE' ? /^(0|false|no|off)?$/i : /^$/;
    if (name.startsWith('SIGHTLINE_') && unset.test(process.env[name] ?? '')) delete process.env[name];
  }
}
