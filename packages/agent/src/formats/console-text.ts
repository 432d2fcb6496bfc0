/**
 * Spans for a person's eyes: a line that tells them apart, and what they hold below it.
 *
 *     resource
 *         service.name  shop
 *
 *     12:34:56.789 SERVER GET /users/:id  12.3 ms  ERROR no such user
 *         trace 0af7651916cd43dd8448eb211c80319c span b7ad6b7169203331 parent 00f067aa0ba902b7
 *         http.route  /users/:id
 *         event exception +1.2 ms
 *             exception.type  TypeError
 */
import {
  droppedTags,
  formatDuration,
  type InstrumentationScope,
  type KeyValue,
  type Resource,
  type Span,
  type SpanEvent,
  type SpanLink,
  type TracesData,
  textOf,
} from '@sightline/wire';

const indent = '    ';
/** What a pipe takes whole or not at all (PIPE_BUF), so that other processes' lines do not come in between. */
const maxPieceBytes = 4_096;

export class ConsoleText {
  #lastResource = '';

  /** @returns whole lines, in pieces that a pipe takes at one go as far as single lines allow */
  write({ resourceSpans }: TracesData): Buffer[] {
    const lines: string[] = [];
    for (const { resource, scopeSpans } of resourceSpans) {
      lines.push(...this.#resourceLines(resource));
      for (const { scope, spans } of scopeSpans) for (const span of spans) lines.push(...spanLines(span, scope), '');
    }
    return piecesOf(lines);
  }

  /** Once, and where it changes. */
  #resourceLines(resource: Resource | undefined): string[] {
    const lines = ['resource', ...attributeLines(resource?.attributes ?? [], indent), ''];
    const text = lines.join('\n');
    if (text === this.#lastResource) return [];
    this.#lastResource = text;
    return lines;
  }
}

const kinds = ['', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
const statuses = ['', 'OK', 'ERROR'];

function spanLines(span: Span, scope: InstrumentationScope | undefined): string[] {
  const startedAt = new Date(Number(BigInt(span.startTimeUnixNano) / 1_000_000n)).toISOString().slice(11, 23);
  const duration = formatDuration(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano));
  const status = words(statuses[span.status?.code ?? 0], shown(span.status?.message ?? ''));
  const parent = span.parentSpanId ? `parent ${span.parentSpanId}` : '';
  return [
    [words(startedAt, kinds[span.kind ?? 0], shown(span.name)), duration, status].filter(Boolean).join('  '),
    indent + words('trace', span.traceId, 'span', span.spanId, parent),
    ...(scope?.name ? [`${indent}scope ${words(shown(scope.name), shown(scope.version ?? ''))}`] : []),
    ...attributeLines([...(span.attributes ?? []), ...droppedTags(span)], indent),
    ...(span.events ?? []).flatMap((event) => eventLines(event, span)),
    ...(span.links ?? []).flatMap(linkLines),
  ];
}

function eventLines(event: SpanEvent, { startTimeUnixNano }: Span): string[] {
  const after = BigInt(event.timeUnixNano) - BigInt(startTimeUnixNano);
  const when = after < 0n ? `-${formatDuration(-after)}` : `+${formatDuration(after)}`;
  return [
    `${indent}event ${shown(event.name)} ${when}`,
    ...attributeLines([...(event.attributes ?? []), ...droppedTags(event)], indent + indent),
  ];
}

function linkLines(link: SpanLink): string[] {
  return [
    `${indent}link trace ${link.traceId} span ${link.spanId}`,
    ...attributeLines([...(link.attributes ?? []), ...droppedTags(link)], indent + indent),
  ];
}

function attributeLines(attributes: readonly KeyValue[], before: string): string[] {
  const width = Math.max(0, ...attributes.map(({ key }) => key.length));
  return attributes.map(({ key, value }) => `${before}${shown(key).padEnd(width)}  ${shown(textOf(value))}`);
}

function words(...parts: readonly (string | undefined)[]): string {
  return parts.filter(Boolean).join(' ');
}

/** Line ends and what would steer the terminal, as JSON writes them. */
function shown(text: string): string {
  return /\p{Cc}/u.test(text) ? escaped(text) : text;
}

function escaped(text: string): string {
  const isLatinControl = /[\u007f-\u009f]/g; // which JSON leaves as they are
  return JSON.stringify(text).replace(isLatinControl, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
}

function piecesOf(lines: readonly string[]): Buffer[] {
  const pieces: Buffer[] = [];
  let piece = '';
  for (const line of lines) {
    if (piece !== '' && Buffer.byteLength(piece) + Buffer.byteLength(line) >= maxPieceBytes) {
      pieces.push(Buffer.from(piece));
      piece = '';
    }
    piece += `${line}\n`;
  }
  if (piece !== '') pieces.push(Buffer.from(piece));
  return pieces;
}
