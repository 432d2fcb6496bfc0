import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root, sightline } from './sightline.ts';

test('libraries prints the agent’s own table', async () => {
  const file = join(root, 'packages/agent/dist/libraries.json');
  const json = sightline(['libraries', '--json']);
  expect(await json.ended).toEqual({ code: 0, signal: null });
  expect(json.output).toBe(readFileSync(file, 'utf8'));
  const table = sightline(['libraries']);
  await table.ended;
  const libraries: { name: string }[] = JSON.parse(json.output);
  const [head = '', ...rows] = table.output.trimEnd().split('\n');
  expect(head.split(/ {2,}/)).toEqual(['LIBRARY', 'PACKAGES', 'VERSIONS', 'CHANNELS', 'SPANS']);
  const named = rows.filter((row) => !row.startsWith(' ')).map((row) => row.split(' ')[0]);
  expect(named).toEqual(libraries.map(({ name }) => name));
});

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
