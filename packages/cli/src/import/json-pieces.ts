/** JSON files as OTLP, item by item: a `ResourceSpans`, a trace of Jaeger's, some spans of Zipkin's. */
import type { Translate } from '@sightline/server/translate/translation';
import { DecodeError } from '@sightline/wire';
import type { ByteSource } from './byte-source.ts';
import type { FileFormat } from './file-format.ts';
import { type BrokenPart, type Item, type ItemPlace, JsonItems } from './json-items.ts';
import type { Piece } from './piece.ts';
import { splitJson } from './split-json.ts';

type JsonFormat = Extract<FileFormat, { encoding: 'json' }>;
type TranslateParts = (parts: readonly (Item | BrokenPart)[]) => Iterable<Piece>;

/** A translator makes objects of all that it is given at once. */
const maxPieceBytes = 1024 * 1024;
const maxZipkinSpans = 1_000;

export async function* jsonPieces(source: ByteSource, format: JsonFormat): AsyncGenerator<Piece> {
  const translateParts = await translatorOf(format);
  const parts: (Item | BrokenPart)[] = [];
  const items = new JsonItems(format.items, (part) => parts.push(part));
  for (let chunk = await source.next(); chunk; chunk = await source.next()) {
    items.push(chunk);
    yield* translateParts(parts.splice(0));
  }
  items.end();
  yield* translateParts(parts);
}

async function translatorOf({ name, items }: JsonFormat): Promise<TranslateParts> {
  if (name === 'otlp') {
    const { translateOtlpJson } = await import('@sightline/server/translate/otlp');
    const isSnakeCase = typeof items === 'object' && items.member.includes('_');
    const lists = [{ member: isSnakeCase ? 'scope_spans' : 'scopeSpans' }, { member: 'spans' }];
    return eachOf((item) =>
      translated(item, lists, (part) => translateOtlpJson(wrapped('{"resourceSpans":[', part, ']}'))),
    );
  }
  if (name === 'jaeger') {
    const { translateJaegerJson } = await import('@sightline/server/translate/jaeger-json');
    return eachOf((item) => translated(item, [{ member: 'spans' }], translateJaegerJson));
  }
  const { translateZipkinJson } = await import('@sightline/server/translate/zipkin-json');
  return (parts) => zipkinPieces(parts, translateZipkinJson);
}

function eachOf(translateItem: (item: Item) => Iterable<Piece>): TranslateParts {
  return function* (parts) {
    for (const part of parts) {
      if ('problem' in part) yield part;
      else yield* translateItem(part);
    }
  };
}

function* translated(item: Item, lists: readonly ItemPlace[], translate: Translate): Generator<Piece> {
  const { byteOffset, line } = item;
  try {
    for (const part of splitJson(item.bytes, lists, maxPieceBytes)) yield { byteOffset, line, ...translate(part) };
  } catch (error) {
    yield { byteOffset, line, problem: problemOf(error) };
  }
}

/** Zipkin's spans stand alone in their list, and are put together again; or there is a list for each trace. */
function* zipkinPieces(parts: readonly (Item | BrokenPart)[], translate: Translate): Generator<Piece> {
  let spans: Item[] = [];
  for (const part of parts) {
    if ('problem' in part) yield part;
    else if (part.bytes[0] === 0x5b) yield* translated(part, ['array'], translate);
    else if (spans.push(part) === maxZipkinSpans) {
      yield* zipkinPiece(spans, translate);
      spans = [];
    }
  }
  yield* zipkinPiece(spans, translate);
}

/** Where one of them is broken, each is read alone, so that the others are kept. */
function* zipkinPiece(spans: readonly Item[], translate: Translate): Generator<Piece> {
  const [first, ...others] = spans;
  if (!first) return;
  const { byteOffset, line } = first;
  const comma = Buffer.from(',');
  const list = wrapped('[', Buffer.concat([first.bytes, ...others.flatMap(({ bytes }) => [comma, bytes])]), ']');
  try {
    yield { byteOffset, line, ...translate(list) };
  } catch (error) {
    if (others.length > 0) for (const span of spans) yield* zipkinPiece([span], translate);
    else yield { byteOffset, line, problem: problemOf(error) };
  }
}

function wrapped(before: string, text: Uint8Array, after: string): Uint8Array {
  return Buffer.concat([Buffer.from(before), text, Buffer.from(after)]);
}

/** @throws what is not the fault of the file */
function problemOf(error: unknown): string {
  if (!(error instanceof DecodeError)) throw error;
  return error.path === '' ? error.problem : `${error.path}: ${error.problem}`;
}
