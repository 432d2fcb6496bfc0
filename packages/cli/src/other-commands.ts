/** The commands that may take a moment to load: all but `run`. */
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { dataDirectory } from './data-dir.ts';
import { doctorHelp, upHelp } from './help.ts';
import { parseBytes, parseLength, parsePort } from './values.ts';

export function addOtherCommands(program: Command): void {
  addUp(program);
  addDown(program);
  addLibraries(program);
  addDoctor(program);
  addDemo(program);
}

function addUp(program: Command): void {
  program
    .command('up')
    .summary('start the backend and its pages')
    .description(
      'Starts the backend: it receives, stores, searches and explains traces, and shows them in the browser.',
    )
    .addOption(flag('--http-port <port>', 'pages and HTTP API').default(16_686).argParser(parsePort))
    .addOption(flag('--otlp-http-port <port>', 'OTLP over HTTP').default(4_318).argParser(parsePort))
    .addOption(new Option('--otlp-http-fd <number>', 'a socket that listens already').argParser(Number).hideHelp())
    .addOption(dataFlag())
    .addOption(flag('--retention <age>', 'remove older traces').default(parseLength('7d'), '7d').argParser(parseLength))
    .addOption(
      flag('--max-disk <size>', 'remove the oldest traces above it')
        .default(parseBytes('20GB'), '20GB')
        .argParser(parseBytes),
    )
    .addOption(
      flag('--spool-max <size>', 'what may wait for the database')
        .default(parseBytes('2GB'), '2GB')
        .argParser(parseBytes),
    )
    .addOption(flag('--host <address>', 'listen on this address').default('127.0.0.1'))
    .addOption(flag('--auth-token <token>', 'ask every client for this bearer token'))
    .addOption(flag('--insecure', 'listen on other addresses than this machine’s own without a token').default(false))
    .addOption(
      flag('--ready-file <file>', 'write the addresses in use to it, as JSON, once ready').argParser((file) =>
        resolve(file),
      ),
    )
    .addOption(
      flag('--log-level <level>', 'what is logged')
        .choices(['debug', 'info', 'warn', 'error', 'silent'])
        .default('warn'),
    )
    .addHelpText('after', upHelp)
    .action(async ({ data, retention, maxDisk, spoolMax, ...options }) => {
      const { up } = await import('./up.ts');
      await up({ ...options, dataDir: data, retention, maxDiskBytes: maxDisk, maxSpoolBytes: spoolMax });
    });
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

/** An option with its variable: `--http-port` is also SIGHTLINE_HTTP_PORT. */
function flag(flags: string, description: string): Option {
  const option = new Option(flags, description);
  return option.env(`SIGHTLINE_${option.name().toUpperCase().replaceAll('-', '_')}`);
}

function dataFlag(): Option {
  return flag('--data <directory>', 'where the traces are kept')
    .default(dataDirectory({ ...process.env, SIGHTLINE_DATA: '' }))
    .argParser((directory) => resolve(directory));
}
