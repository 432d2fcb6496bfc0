import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { NodeMajor } from '../../testing/nodes.ts';
import { repository, runTraced } from '../../testing/traced-program.ts';
import { librariesMarkdown } from './markdown.ts';
import { describeLibraries, libraries } from './table.ts';

test('the description is plain JSON, and names each library once', () => {
  const descriptions = describeLibraries();
  expect(JSON.parse(JSON.stringify(descriptions))).toEqual(descriptions);
  expect(new Set(descriptions.map(({ name }) => name)).size).toBe(libraries.length);
});

test('the page has a row and a section for each library', () => {
  const page = librariesMarkdown();
  for (const { name } of libraries) {
    expect(page).toContain(`| [${name}](#${name}) |`);
    expect(page).toContain(`\n## ${name}\n`);
  }
});

test('docs/libraries.md is the table as it stands: `npm run build` prints it', () => {
  expect(readFileSync(join(repository, 'docs/libraries.md'), 'utf8')).toBe(librariesMarkdown());
});

/** Each prints or exits otherwise when a request, a route or a statement went wrong. */
const programs: [string, NodeMajor][] = [
  ['http/main.mjs', 20],
  ['http/main.cjs', 24],
  ['http/context.cjs', 24],
  ['express5/main.mjs', 20],
  ['v4-express/main.cjs', 24],
  ['fastify5/main.mjs', 20],
  ['v4-fastify/main.cjs', 24],
  ['undici7/global-fetch.mjs', 20],
  ['undici7/main.cjs', 24],
  ['sqlite/libsql.cjs', 20],
  ['sqlite/better-sqlite3.mjs', 24],
  ['sqlite/node-sqlite.mjs', 26],
];

test.each(programs)('%s on Node %i runs as ever when the agent fails at every entry', async (program, node) => {
  const usual = await runTraced(program, { node, env: { OTEL_SDK_DISABLED: 'true' } });
  const { spans, ...faulty } = await runTraced(program, { node, env: { SIGHTLINE_TEST_FAULT: '*' } });
  expect(spans).toEqual([]);
  expect({ ...faulty, stderr: withoutPid(faulty.stderr) }).toEqual({
    code: 0,
    stdout: usual.stdout,
    stderr: withoutPid(usual.stderr),
  });
});

/** Node's own warnings begin with it. */
function withoutPid(text: string): string {
  return text.replace(/\(node:\d+\)/g, '(node)');
}
