import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root, sightline } from './sightline.ts';

test('libraries prints the tables that the agents go by', async () => {
  const tables = {
    node: read('packages/agent/dist/libraries.json'),
    python: read('packages/python/sightline_agent/libraries.json'),
  };
  const json = sightline(['libraries', '--json']);
  expect(await json.ended).toEqual({ code: 0, signal: null });
  expect(JSON.parse(json.output)).toEqual(tables);
  const shown = sightline(['libraries']);
  await shown.ended;
  const [node = '', python = ''] = shown.output.split('\nPython, by OpenTelemetry\n');
  expect(rowsOf(node)).toEqual(tables.node.map(({ name }) => name));
  expect(rowsOf(python)).toEqual(tables.python.map(({ name }) => name));
});

function read(path: string): { name: string }[] {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

/** The first column, without its title and the lines that go on with a row. */
function rowsOf(text: string): string[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith(' '));
  return lines
    .slice(lines.findIndex((line) => line.startsWith('LIBRARY')) + 1)
    .map((line) => line.split(/ {2,}/)[0] ?? '');
}

test.each([
  [[], /\$ sightline run node server\.js/],
  [['--help'], /\$ sightline run node server\.js/],
  [['run', '--help'], /\$ sightline run npm start[\s\S]*Exit codes:[\s\S]*127/],
  [['up', '--help'], /\$ sightline up --retention 30d[\s\S]*SIGHTLINE_HTTP_PORT[\s\S]*Exit codes:/],
  [['import', '--help'], /\$ sightline import traces\.jsonl\.gz[\s\S]*Exit codes:[\s\S]*6 {3}something was broken/],
  [['export', '--help'], /\$ sightline export > traces\.jsonl[\s\S]*Formats:[\s\S]*Exit codes:/],
  [['--version'], /^\d+\.\d+\.\d+\n$/],
] as const)('sightline %j teaches', async (args, text) => {
  const help = sightline(args);
  expect(await help.ended).toEqual({ code: 0, signal: null });
  expect(help.stdout.toString()).toMatch(text);
  expect(help.stderr.toString()).toBe('');
});

test.each([
  [['rnu'], "sightline: unknown command 'rnu'\n(Did you mean run?)\n"],
  [['run'], "sightline: missing required argument 'command'\n"],
  [['run', '--no-upp', 'true'], "sightline: unknown option '--no-upp'\n(Did you mean --no-up?)\n"],
] as const)('%j is refused, with what may have been meant', async (args, text) => {
  const refused = sightline(args);
  expect(await refused.ended).toEqual({ code: 2, signal: null });
  expect(refused.output).toBe(text);
});
