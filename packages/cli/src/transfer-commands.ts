/** `sightline import` and `sightline export`: their options. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { addAddress, parseUrl, tokenFlag } from './ask-commands.ts';
import type { ExportFormat } from './export/trace-format.ts';
import { dataFlag } from './flags.ts';
import { exportHelp, importHelp } from './help.ts';
import { formatNames } from './import/file-format.ts';
import type { ImportOptions } from './import/import.ts';
import { parseLength } from './values.ts';

export function addTransfer(program: Command): void {
  addImport(program);
  addExport(program);
}

const exportFormats = ['otlp-jsonl', 'otlp-json', 'jaeger', 'zipkin'] as const satisfies readonly ExportFormat[];

function addImport(program: Command): void {
  program
    .command('import')
    .summary('take in traces from files')
    .description('Sends the traces of files to the backend. Their format is told by their content; gzip is unpacked.')
    .usage('[options] FILE...')
    .argument('<file...>', 'files; "-" is the standard input')
    .addOption(new Option('--format <format>', 'insist on a format').choices(formatNames))
    .addOption(new Option('--to <url>', 'another backend: its address for OTLP over HTTP').argParser(parseUrl))
    .addOption(tokenFlag())
    .addOption(dataFlag())
    .option('-q, --quiet', 'no progress, and no summary where all went well', false)
    .addHelpText('after', importHelp)
    .action(async (files: string[], options: ImportOptions) => {
      const { importFiles } = await import('./import/import.ts');
      await importFiles(files, options);
    });
}

function addExport(program: Command): void {
  const command = program
    .command('export')
    .summary('write traces to a file')
    .description('Writes whole traces, those that a search finds or those that are named, newest first.')
    .option('--service <name>', 'with a span of this service')
    .option('--name <name>', 'with a span of this name')
    .addOption(repeatable('--attribute <key=value>', 'with a span that has it'))
    .option('--min-duration <length>', 'with a span that took as long at least: 250ms, 1.5s')
    .option('--max-duration <length>', 'with a span that took no longer')
    .addOption(new Option('--status <status>', 'with a span of this status').choices(['error', 'ok', 'unset']))
    .option('--start <time>', 'from then on: 2026-07-01T12:00:00Z (default: everything)')
    .addOption(new Option('--since <length>', 'of the last 30m, 24h, 7d').argParser(parseLength).conflicts('start'))
    .option('--end <time>', 'up to then (default: now)')
    .addOption(new Option('--limit <number>', 'so many traces at most').argParser(parseCount))
    .addOption(repeatable('--trace <id>', 'this trace, whatever the search says'))
    .addOption(new Option('--format <format>', 'how they are written').choices(exportFormats).default('otlp-jsonl'))
    .option('-o, --output <file>', 'write to it (default: the standard output)')
    .option('--gzip', 'pack it', false)
    .option('-q, --quiet', 'no progress and no summary', false);
  addAddress(command)
    .addHelpText('after', exportHelp)
    .action(async (values: ExportValues) => {
      const { exportTraces } = await import('./export/export.ts');
      const { trace: traceIds, limit, ...others } = values;
      await exportTraces({ ...others, traceIds, search: { parameters: parametersOf(values), limit } });
    });
}

/** As commander names the options. */
interface ExportValues {
  service?: string;
  name?: string;
  attribute: string[];
  minDuration?: string;
  maxDuration?: string;
  status?: string;
  start?: string;
  since?: number;
  end?: string;
  limit?: number;
  trace: string[];
  format: ExportFormat;
  output?: string;
  gzip: boolean;
  from?: string;
  authToken?: string;
  data: string;
  quiet: boolean;
}

/** What they mean the API says, where it does not understand them. */
function parametersOf(values: ExportValues): [name: string, value: string][] {
  const { since, start = since === undefined ? '0' : new Date(Date.now() - since).toISOString() } = values;
  const names = ['service', 'name', 'minDuration', 'maxDuration', 'status', 'end'] as const;
  return [
    ['start', start],
    ...names.flatMap((name): [string, string][] => (values[name] === undefined ? [] : [[name, values[name]]])),
    ...values.attribute.map((attribute): [string, string] => ['attribute', attribute]),
  ];
}

function repeatable(flags: string, description: string): Option {
  return new Option(flags, `${description} (repeatable)`)
    .default([], 'none')
    .argParser((value: string, earlier: string[]) => [...earlier, value]);
}

function parseCount(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number, 1 or more.');
}
