/** `sightline search` and `sightline trace`: their options. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SearchOptions } from './ask/search-traces.ts';
import type { TraceOptions } from './ask/show-trace.ts';
import { dataFlag, flag } from './flags.ts';
import { searchHelp, traceHelp } from './help.ts';
import { parseLength } from './values.ts';

export function addAsking(program: Command): void {
  addSearch(program);
  addTrace(program);
}

const orders = ['newest', 'oldest', 'longest', 'shortest', 'most-spans', 'most-errors'];

function addSearch(program: Command): void {
  const command = program
    .command('search')
    .summary('find traces')
    .description('Finds the traces with a span that matches a query in TraceQL, a line each, newest first.')
    .usage('[options] [QUERY]')
    .argument('[query]', 'TraceQL; without it, every trace', '{}')
    .addOption(
      new Option('--since <length>', 'of the last 30m, 24h, 7d (default: 1h)')
        .argParser(parseLength)
        .conflicts('start'),
    )
    .option('--start <time>', 'from then on: 2026-07-01T12:00:00Z')
    .option('--end <time>', 'up to then (default: now)')
    .addOption(new Option('--limit <number>', 'so many at most').default(20).argParser(parseLimit))
    .addOption(new Option('--order <order>', 'which come first').choices(orders).default('newest'))
    .addOption(
      new Option('-f, --follow', 'new ones, as they come, until Ctrl-C')
        .default(false)
        .conflicts(['since', 'start', 'end', 'order', 'limit']),
    )
    .option('--json', 'a line of JSON for each', false);
  addAddress(command)
    .addHelpText('after', searchHelp)
    .action(async (query: string, options: SearchOptions) => {
      const { searchTraces } = await import('./ask/search-traces.ts');
      await searchTraces(query, options);
    });
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

function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1000) return limit;
  throw new InvalidArgumentError('Give a whole number from 1 to 1000.');
}
