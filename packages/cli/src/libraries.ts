/** `sightline libraries`: what the agent traces, from the table that its build prints. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { SpanKindNumber } from '@sightline/wire';
import { table } from './table.ts';

const require = createRequire(import.meta.url);

interface Library {
  name: string;
  packages: readonly string[];
  versions: string;
  source: string;
  spans: readonly { name: string; kind?: SpanKindNumber }[];
}

const kinds: Record<number, string> = {
  1: ' (internal)',
  2: ' (server)',
  3: ' (client)',
  4: ' (producer)',
  5: ' (consumer)',
};

export function libraries(options: { json: boolean }): void {
  const text = readFileSync(require.resolve('@sightline/agent/libraries.json'), 'utf8');
  process.stdout.write(options.json ? text : asTable(JSON.parse(text) as Library[]));
}

function asTable(libraries: readonly Library[]): string {
  const rows = libraries.flatMap(({ name, packages, versions, source, spans }) =>
    spans.map((span, index) => [
      ...(index === 0 ? [name, packages.join(', '), versions, source] : ['', '', '', '']),
      `${plain(span.name)}${kinds[span.kind ?? 0] ?? ''}`,
    ]),
  );
  return `${table([['LIBRARY', 'PACKAGES', 'VERSIONS', 'CHANNELS', 'SPANS'], ...rows]).join('\n')}\n`;
}

/** The names are written for a page, with marks around code. */
function plain(markdown: string): string {
  return markdown.replaceAll('`', '');
}
