/** `sightline libraries`: what is traced, from the tables that the agents themselves go by. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { SpanKindNumber } from '@sightline/wire';
import { pythonFolder } from './run/agent-path.ts';
import { table } from './table.ts';

const require = createRequire(import.meta.url);

interface NodeLibrary {
  name: string;
  packages: readonly string[];
  versions: string;
  source: string;
  spans: readonly { name: string; kind?: SpanKindNumber }[];
}

interface PythonLibrary {
  name: string;
  /** Versions by the packages' names; none for a part of Python. */
  packages: Readonly<Record<string, string>>;
  spans: string;
}

const kinds: Record<number, string> = {
  1: ' (internal)',
  2: ' (server)',
  3: ' (client)',
  4: ' (producer)',
  5: ' (consumer)',
};

export function libraries(options: { json: boolean }): void {
  const node = read<NodeLibrary>(require.resolve('@sightline/agent/libraries.json'));
  const python = read<PythonLibrary>(join(pythonFolder, '../sightline_agent/libraries.json'));
  const text = options.json
    ? JSON.stringify({ node, python }, null, 2)
    : ['Node.js', '', ...nodeTable(node), '', 'Python, by OpenTelemetry', '', ...pythonTable(python)].join('\n');
  process.stdout.write(`${text}\n`);
}

function read<Library>(path: string): Library[] {
  return JSON.parse(readFileSync(path, 'utf8')) as Library[];
}

function nodeTable(libraries: readonly NodeLibrary[]): string[] {
  const rows = libraries.flatMap(({ name, packages, versions, source, spans }) =>
    spans.map((span, index) => [
      ...(index === 0 ? [name, packages.join(', '), versions, source] : ['', '', '', '']),
      `${plain(span.name)}${kinds[span.kind ?? 0] ?? ''}`,
    ]),
  );
  return table([['LIBRARY', 'PACKAGES', 'VERSIONS', 'CHANNELS', 'SPANS'], ...rows]);
}

function pythonTable(libraries: readonly PythonLibrary[]): string[] {
  const rows = libraries.flatMap(({ name, packages, spans }) => {
    const versions = Object.entries(packages);
    if (versions.length === 0) return [[name, '', "Python's own", spans]];
    return versions.map(([distribution, range], index) =>
      index === 0 ? [name, distribution, range, spans] : ['', distribution, range, ''],
    );
  });
  return table([['LIBRARY', 'PACKAGE', 'VERSIONS', 'SPANS'], ...rows]);
}

/** The names are written for a page, with marks around code. */
function plain(markdown: string): string {
  return markdown.replaceAll('`', '');
}
