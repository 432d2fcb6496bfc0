import type { ChannelSource } from './library.ts';
import { describeLibraries, type LibraryDescription } from './table.ts';

const kinds: Record<number, string> = { 1: 'INTERNAL', 2: 'SERVER', 3: 'CLIENT', 4: 'PRODUCER', 5: 'CONSUMER' };

const sources: Record<ChannelSource, string> = {
  node: "Node's own channels",
  'own channels': "the library's own channels",
  injected: 'channels added as the library is loaded',
  wrapped: 'its methods are native, and wrapped as it is loaded',
};

/** The page `docs/libraries.md`. */
export function librariesMarkdown(): string {
  const descriptions = describeLibraries();
  return `# Libraries

What the agent traces without a changed line, printed from its own table (\`packages/agent/src/libraries/\`).

| library | packages | versions | how |
| --- | --- | --- | --- |
${descriptions.map(row).join('\n')}

${descriptions.map(section).join('\n\n')}
`;
}

function row({ name, packages, versions, source }: LibraryDescription): string {
  return `| [${name}](#${name}) | ${packages.map(code).join(', ')} | ${code(versions)} | ${sources[source]} |`;
}

function section({ name, spans }: LibraryDescription): string {
  const items = spans.map(
    ({ name: spanName, kind, when, attributes }) =>
      `- ${spanName}${kind === undefined ? '' : ` (${kinds[kind]})`}: when ${when}\n  - ${attributes.map(codeUnlessProse).join(', ')}`,
  );
  return `## ${name}\n\n${items.join('\n')}`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function codeUnlessProse(text: string): string {
  return text.includes(' ') ? text : code(text);
}
