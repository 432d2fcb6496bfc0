/**
 * A trace as it was read: rows under their resource and scope, in order, each once. Spans are made one by one when they are
 * asked for, so that a trace of 100,000 spans can be handed on without a million objects.
 */
import { setImmediate } from 'node:timers/promises';
import type { ResourceSpans, ScopeSpans, Span, TracesData } from '@sightline/wire';
import { JsonWriter } from '../store/store.ts';
import { addSpanJson } from './span-json.ts';
import {
  hasSameResource,
  hasSameScope,
  resourceOf,
  type SpanColumns,
  type SpanRow,
  scopeOf,
  spanOf,
} from './span-row.ts';

interface Resource {
  described: Omit<ResourceSpans, 'scopeSpans'>;
  /** By the text of the scope. */
  scopes: Map<string, Scope>;
}

interface Scope {
  described: Omit<ScopeSpans, 'spans'>;
  rows: SpanRow[];
}

/** Where a row belongs. Mostly that is where the row before it does. */
interface Place {
  row: SpanRow;
  resource: Resource;
  scope: Scope;
}

export class StoredTrace {
  /** By the text of the resource. */
  readonly #resources = new Map<string, Resource>();
  #last: Place | undefined;

  add(columns: SpanColumns, index: number): void {
    const row = { columns, index, start: columns.start_unix_nano.about(index) };
    this.#last = this.#placeOf(row, this.#last);
    this.#last.scope.rows.push(row);
  }

  #placeOf(row: SpanRow, last: Place | undefined): Place {
    const isNext = last !== undefined && hasSameResource(row, last.row);
    if (isNext && hasSameScope(row, last.row)) {
      last.row = row;
      return last;
    }
    const resource = isNext ? last.resource : this.#resourceOf(row);
    return { row, resource, scope: scopeIn(resource, row) };
  }

  #resourceOf(row: SpanRow): Resource {
    const described = resourceOf(row);
    const text = JSON.stringify(described);
    const known = this.#resources.get(text) ?? { described, scopes: new Map() };
    this.#resources.set(text, known);
    return known;
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

  /** The text of `data()`, in pieces. */
  *json(): Generator<Buffer> {
    const json = new JsonWriter(pieceBytes);
    json.text('{"resourceSpans":[');
    for (const [place, { described, scopes }] of this.#ordered().entries()) {
      json.text(`${place > 0 ? ',' : ''}${opened(described)}"scopeSpans":[`);
      yield* scopesJson(json, scopes);
      json.text(']}');
    }
    json.text(']}');
    yield json.take();
  }

  #ordered(): { described: Resource['described']; scopes: Scope[] }[] {
    const all = [...this.#resources.values()].map(({ described, scopes }) => {
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

/** Or somewhat more. */
const pieceBytes = 100_000;

function* scopesJson(json: JsonWriter, scopes: readonly Scope[]): Generator<Buffer> {
  for (const [place, { described, rows }] of scopes.entries()) {
    json.text(`${place > 0 ? ',' : ''}${opened(described)}"spans":[`);
    for (const [index, row] of rows.entries()) {
      if (index > 0) json.text(',');
      addSpanJson(json, row);
      if (json.length >= pieceBytes) yield json.take();
    }
    json.text(']}');
  }
}

/** An object's JSON, to be continued. */
function opened(described: object): string {
  const text = JSON.stringify(described);
  return text === '{}' ? '{' : `${text.slice(0, -1)},`;
}

function scopeIn({ scopes }: Resource, row: SpanRow): Scope {
  const described = scopeOf(row);
  const text = JSON.stringify(described);
  const known = scopes.get(text) ?? { described, rows: [] };
  scopes.set(text, known);
  return known;
}

/** There is one: a scope is known by a span of its own. */
function firstOf(scope: Scope | undefined): SpanRow {
  return scope?.rows[0] as SpanRow;
}

/** A span that arrived twice, the same in every field, is given once. @param rows of one scope, in order */
function withoutRepetitions(rows: SpanRow[]): SpanRow[] {
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
