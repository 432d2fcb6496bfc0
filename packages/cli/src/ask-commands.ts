/** `sightline trace`: its options. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { TraceOptions } from './ask/show-trace.ts';
import { dataFlag, flag } from './flags.ts';
import { traceHelp } from './help.ts';

export function addAsking(program: Command): void {
  addTrace(program);
}

function addTrace(program: Command): void {
  const command = program
    .command('trace')
    .summary('show a trace')
    .description('Shows one trace as a tree: what called what, how long each took, and what made it slow.')
    .usage('[options] ID')
    .argument('<id>', "the trace's id, or its first 4 digits or more", parseTraceId)
    .option('-d, --details', "with each span's attributes and events", false)
    .option('--all', 'all spans, however many', false)
    .option('--json', 'as OTLP JSON', false);
  addAddress(command)
    .addHelpText('after', traceHelp)
    .action(async (traceId: string, options: TraceOptions) => {
      const { showTrace } = await import('./ask/show-trace.ts');
      await showTrace(traceId, options);
    });
}

/** Which backend is asked. */
export function addAddress(command: Command): Command {
  return command
    .addOption(new Option('--from <url>', 'another backend: the address of its pages').argParser(parseUrl))
    .addOption(tokenFlag())
    .addOption(dataFlag());
}

export function tokenFlag(): Option {
  return flag('--auth-token <token>', 'the bearer token that the backend asks for');
}

export function parseUrl(text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('An address is written as http://127.0.0.1:4318.');
}

function parseTraceId(text: string): string {
  if (/^[0-9a-f]{4,32}$/i.test(text)) return text;
  throw new InvalidArgumentError('A trace id is 32 hex digits; the first 4 of them or more will do.');
}
