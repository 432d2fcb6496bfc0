/**
 * A trace as it was read: rows under their resource and scope, in order, each once. Spans are made one by one when they are
 * asked for, so that a trace of 100,000 spans can be handed on without a million objects.
 */
import { setImmediate } from 'node:timers/promises';
import type { ResourceSpans, ScopeSpans, Span, TracesData } from '@sightline/wire';
import type { Place } from './places.ts';
import { SpanJson } from './span-json.ts';
import { type Resource, type Scope, SpanPlaces } from './span-places.ts';
import { type SpanColumns, type SpanRow, spanOf } from './span-row.ts';

export class StoredTrace {
  readonly #places = new SpanPlaces();

  add(columns: SpanColumns, index: number, place: Place, isUsual: boolean): void {
    this.#places.of(place).rows.push({ columns, index, start: columns.start_unix_nano.about(index), isUsual });
  }

  async data(): Promise<TracesData> {
    const resourceSpans: ResourceSpans[] = [];
    for (const { described, scopes } of this.#ordered()) {
      const scopeSpans: ScopeSpans[] = [];
      for (const scope of scopes) scopeSpans.push({ ...scope.described, spans: await spansOf(scope.rows) });
      resourceSpans.push({ ...described, scopeSpans });
    }
    return { resourceSpans };
  }

  /** The text of `data()`, in pieces. The event loop gets a turn after each: who takes them may not wait for anything. */
  async *json(): AsyncGenerator<Buffer> {
    const json = new SpanJson();
    try {
      json.text('{"resourceSpans":[');
      for (const [place, { described, scopes }] of this.#ordered().entries()) {
        json.text(`${place > 0 ? ',' : ''}${opened(described)}"scopeSpans":[`);
        yield* scopesJson(json, scopes);
        json.text(']}');
      }
      json.text(']}');
      yield json.take();
    } finally {
      json.end();
    }
  }

  #ordered(): { described: Resource['described']; scopes: Scope[] }[] {
    const all = [...this.#places.resources()].map(({ described, scopes }) => {
      const ordered = [...scopes.values()].map((scope) => ({
        ...scope,
        rows: withoutRepetitions(scope.rows.sort(byStart)),
      }));
      return { described, scopes: ordered.sort((a, b) => byStart(firstOf(a), firstOf(b))) };
    });
    return all.sort((a, b) => byStart(firstOf(a.scopes[0]), firstOf(b.scopes[0])));
  }
}

/** The event loop gets a turn after so many spans. */
const sliceSpans = 2000;

async function spansOf(rows: readonly SpanRow[]): Promise<Span[]> {
  const spans: Span[] = [];
  for (const row of rows) {
    if (spans.push(spanOf(row)) % sliceSpans === 0) await setImmediate();
  }
  return spans;
}

async function* scopesJson(json: SpanJson, scopes: readonly Scope[]): AsyncGenerator<Buffer> {
  for (const [place, { described, rows }] of scopes.entries()) {
    json.text(`${place > 0 ? ',' : ''}${opened(described)}"spans":[`);
    for (let next = 0; next < rows.length; ) {
      next = json.rows(rows, next);
      if (!json.isFull) continue;
      yield json.take();
      await setImmediate();
    }
    json.text(']}');
  }
}

/** An object's JSON, to be continued. */
function opened(described: object): string {
  const text = JSON.stringify(described);
  return text === '{}' ? '{' : `${text.slice(0, -1)},`;
}

/** There is one: a scope is known by a span of its own. */
function firstOf(scope: Scope | undefined): SpanRow {
  return scope?.rows[0] as SpanRow;
}

/** A span that arrived twice, the same in every field, is given once. @param rows of one scope, in order */
function withoutRepetitions(rows: SpanRow[]): SpanRow[] {
  if (!rows.some((row, index) => index > 0 && byStart(rows[index - 1] as SpanRow, row) === 0)) return rows;
  let texts = new Set<string>();
  return rows.filter((row, index) => {
    const before = rows[index - 1];
    const after = rows[index + 1];
    const isLikeLast = before !== undefined && byStart(before, row) === 0;
    if (!isLikeLast) texts = new Set();
    if (!isLikeLast && (after === undefined || byStart(row, after) !== 0)) return true;
    return texts.size < texts.add(JSON.stringify(spanOf(row))).size;
  });
}

/** Then by id. */
function byStart(a: SpanRow, b: SpanRow): number {
  return a.start - b.start || compareExactly(a, b);
}

function compareExactly(a: SpanRow, b: SpanRow): number {
  const [start, other] = [a, b].map(({ columns, index }) => columns.start_unix_nano.at(index)) as [string, string];
  if (start.length !== other.length) return start.length - other.length;
  return compareTexts(start, other) || compareTexts(spanIdOf(a), spanIdOf(b));
}

function spanIdOf({ columns, index }: SpanRow): string {
  return columns.span_id.at(index);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
