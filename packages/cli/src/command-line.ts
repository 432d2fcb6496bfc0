/** The command line: options, help and what is said of mistakes. What a command does is loaded when it is called. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { exitCode } from './exit-codes.ts';
import { generalHelp, runHelp } from './help.ts';
import type { Run } from './run/run.ts';

export async function commandLine(args: string[], run: Run): Promise<void> {
  const program = sightline();
  addRun(program, run);
  if (args[0] !== 'run') {
    const { addOtherCommands } = await import('./other-commands.ts');
    addOtherCommands(program);
  }
  try {
    await program.parseAsync(args.length > 0 ? args : ['--help'], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : exitCode.usage;
  }
}

function sightline(): Command {
  return (
    new Command('sightline')
      .description(
        'Zero-code distributed tracing: see what every request of a program did, with no line of it changed.',
      )
      .version(version(), '-v, --version')
      .helpOption('-h, --help', 'show this help')
      .helpCommand(false)
      // What follows the command of `run` is that command's: `sightline run node --version`.
      .enablePositionalOptions()
      .addHelpText('after', generalHelp)
      .configureOutput({
        writeOut: printHelp,
        outputError: (text, write) => write(text.replace(/^error: /, 'sightline: ')),
      })
      .exitOverride()
  );
}

/** `--help | head` closes the pipe when it has seen enough. */
function printHelp(text: string): void {
  process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  process.stdout.write(text);
}

function addRun(program: Command, run: Run): void {
  program
    .command('run')
    .summary('start a command with tracing')
    .description('Starts a command, and every Node and Python program that it starts in turn, with tracing.')
    .usage('[options] [--] COMMAND [ARGUMENT...]')
    .argument('<command...>', 'the command, and all that belongs to it')
    .option('--no-up', 'start no backend in the background')
    .passThroughOptions()
    .addHelpText('after', runHelp)
    .action(run);
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return version;
}
