/** The commands that may take a moment to load: all but `run`. */
import type { Command } from 'commander';
import { addAsking } from './ask-commands.ts';
import type { DeleteOptions } from './delete.ts';
import { dataFlag } from './flags.ts';
import { doctorHelp } from './help.ts';
import { addTransfer } from './transfer-commands.ts';
import { addUp } from './up-command.ts';

export function addOtherCommands(program: Command): void {
  addUp(program);
  addDown(program);
  addAsking(program);
  addTransfer(program);
  addDelete(program);
  addLibraries(program);
  addDoctor(program);
  addDemo(program);
}

function addDown(program: Command): void {
  program
    .command('down')
    .summary('stop the backend')
    .description('Stops the backend of a data directory, whether "run" started it in the background or you did.')
    .addOption(dataFlag())
    .action(async ({ data }: { data: string }) => {
      const { down } = await import('./down.ts');
      await down(data);
    });
}

function addDelete(program: Command): void {
  program
    .command('delete')
    .summary("delete a service's older spans")
    .description('Deletes spans for good, by way of the backend of a data directory, which has to run.')
    .requiredOption('--service <name>', 'whose spans')
    .requiredOption('--older-than <age>', 'received so long ago: 1d, 36h; 0s for all')
    .option('--yes', 'do not ask', false)
    .addOption(dataFlag())
    .action(async (options: DeleteOptions) => {
      const { deleteSpans } = await import('./delete.ts');
      await deleteSpans(options);
    });
}

function addLibraries(program: Command): void {
  program
    .command('libraries')
    .summary('list what is traced')
    .description('Lists the libraries that the agent traces, their versions, and what their spans are called.')
    .option('--json', 'as JSON', false)
    .action(async (options: { json: boolean }) => {
      const { libraries } = await import('./libraries.ts');
      libraries(options);
    });
}

function addDoctor(program: Command): void {
  program
    .command('doctor')
    .summary('find out why there is no trace, and what tracing costs')
    .description(
      'Checks what tracing needs; with a command, runs it with tracing and explains what the agent did in it.',
    )
    .usage('[options] [--] [COMMAND [ARGUMENT...]]')
    .argument('[command...]', 'the command, and all that belongs to it')
    .option('--no-up', 'start no backend in the background')
    .passThroughOptions()
    .addHelpText('after', doctorHelp)
    .action(async (command: string[], options: { up: boolean }) => {
      const { doctor } = await import('./doctor/doctor.ts');
      await doctor(command, options);
    });
}

function addDemo(program: Command): void {
  program
    .command('demo')
    .summary('watch it work on three small services')
    .description('Starts the backend and three small services, sends them requests, and shows what the traces tell.')
    .option('--once', 'end after that, and leave nothing behind', false)
    .action(async (options: { once: boolean }) => {
      const { demo } = await import('./demo/demo.ts');
      await demo(options);
    });
}
