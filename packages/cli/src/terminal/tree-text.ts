/** The lines of a trace's tree as a terminal shows them: aligned, a colour for each service, the bars at the right. */
import { type Colour, paint } from './paint.ts';
import type { TreeLine } from './trace-tree.ts';

export interface TreeTextOptions {
  /** The span to blame. */
  guilty: string | undefined;
  /** Characters for the name of a span with its indentation, at most. */
  nameWidth?: number;
}

const palette: readonly Colour[] = ['cyan', 'magenta', 'green', 'blue'];

export function treeText(tree: readonly TreeLine[], { guilty, nameWidth = 60 }: TreeTextOptions): string[] {
  const services = [...new Set(tree.map(({ serviceName }) => serviceName))];
  const serviceWidth = widest(services);
  const titles = tree.map((span) => shortened('  '.repeat(span.depth) + span.span.name, nameWidth));
  const titleWidth = widest(titles);
  const durationWidth = widest(tree.map(({ duration }) => duration));
  return tree.map(({ span, serviceName, duration, bar, failed }, index) => {
    const isGuilty = span.spanId === guilty;
    const service = paint(
      serviceName.padEnd(serviceWidth),
      palette[services.indexOf(serviceName) % palette.length] ?? 'blue',
    );
    const title = (titles[index] ?? '').padEnd(titleWidth);
    const name = failed ? paint(`${title} ✗`, 'red') : `${title}  `;
    return `${service}  ${name} ${duration.padStart(durationWidth)}  ${paint(bar, isGuilty ? 'yellow' : 'dim')}${isGuilty ? ' ◀' : ''}`;
  });
}

function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, text.length), 0);
}

function shortened(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}
