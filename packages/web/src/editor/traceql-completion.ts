/** Completions for TraceQL: its own words, and what the stored spans have. */
import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  snippetCompletion,
  startCompletion,
} from '@codemirror/autocomplete';
import type { EditorView } from '@codemirror/view';
import type { AttributeKeyInfo, AttributeValuesResponse } from '@sightline/wire';
import { restOfQuery } from '../model/narrow-query.ts';
import { type QueryContext, queryContext } from '../model/query-context.ts';
import { countText } from '../model/time-text.ts';
import { attributeField, attributeOf, literalOf, quoted, unquoted } from '../model/traceql-values.ts';
import {
  comparisons,
  functions,
  intrinsics,
  isMetricFunction,
  kindValues,
  statusValues,
  structures,
  type TraceQlWord,
} from '../model/traceql-words.ts';

/**
 * What is asked for names; each answers with the most frequent first.
 * `rest`: a query, of whose spans alone they are to be; undefined: of all.
 */
export interface KnownNames {
  keys(rest: string | undefined): Promise<readonly AttributeKeyInfo[]>;
  /** @param field as TraceQL writes it */
  values(field: string, prefix: string, rest: string | undefined): Promise<AttributeValuesResponse['values']>;
  spanNames(): Promise<readonly { name: string; spanCount: number }[]>;
  services(): Promise<readonly { name: string; spanCount: number }[]>;
}

export async function completeTraceQl(context: CompletionContext, names: KnownNames): Promise<CompletionResult | null> {
  const query = context.state.doc.toString();
  const place = { ...queryContext(query, context.pos), rest: restOfQuery(query, context.pos) };
  // A quick look at what may follow helps; a list that opens at every blank does not.
  if (!context.explicit && place.from === context.pos && !opensByItself(place)) return null;
  const options = inThisOrder(await optionsAt(place, context.state.sliceDoc(place.from, context.pos), names));
  return { from: place.from, options, validFor: place.at === 'value' ? /^["`]?[^"`]*$/ : /^[\w.:\-/"]*$/ };
}

/** Where nothing is typed yet, CodeMirror would sort by the alphabet. */
function inThisOrder(options: readonly Completion[]): readonly Completion[] {
  return options.map((option, index) => ({ ...option, boost: 99 - (198 * index) / options.length }));
}

function opensByItself({ at }: QueryContext): boolean {
  return at === 'field' || at === 'value' || at === 'function';
}

type Place = QueryContext & { readonly rest: string | undefined };

async function optionsAt(place: Place, typed: string, names: KnownNames): Promise<readonly Completion[]> {
  switch (place.at) {
    case 'spanset':
      return [snippetCompletion('{ #{} }', { label: '{ }', detail: 'spans that …', type: 'bracket' })];
    case 'function':
      return functions.map(functionOption);
    case 'field':
      return fieldOptions(place.inBraces, await names.keys(place.rest));
    case 'comparison':
      return comparisons.map((word) => wordOption(word, true));
    case 'value':
      return valueOptions(place, typed, names);
    case 'next-condition':
      return [wordOption({ word: '&&', note: 'and' }, true), wordOption({ word: '||', note: 'or' }, true)];
    case 'next-stage':
      return stageOptions(place.after);
    case 'hint':
      return [{ label: 'exemplars=true', detail: 'a few of the spans counted' }];
    case 'nothing':
      return [];
  }
}

function functionOption({ word, note, insert }: (typeof functions)[number]): Completion {
  return snippetCompletion(insert.replace('#', '#{}'), { label: word, detail: note, type: 'function' });
}

function stageOptions(after: string | undefined): readonly Completion[] {
  if (!after || !isMetricFunction(after)) return structures.map((word) => wordOption(word, true));
  return [
    snippetCompletion('by (#{})', { label: 'by', detail: 'a series for each value' }),
    snippetCompletion('with (exemplars=true)', { label: 'with', detail: 'hints' }),
    wordOption({ word: '|', note: 'then: topk, bottomk' }, true),
  ];
}

function fieldOptions(inBraces: boolean, keys: readonly AttributeKeyInfo[]): readonly Completion[] {
  const attributes = keys.map(({ scope, key, spanCount }) => ({
    label: attributeField(scope, key),
    detail: countText(spanCount),
    type: 'property',
    ...(inBraces && { apply: applyAndGoOn }),
  }));
  return [...attributes, ...intrinsics.map((word) => wordOption(word, inBraces))];
}

async function valueOptions(
  { field, comparison, rest }: Extract<Place, { at: 'value' }>,
  typed: string,
  names: KnownNames,
): Promise<readonly Completion[]> {
  const words = wordsOf(field);
  if (words) return words.map((label) => ({ label, type: 'enum' }));
  const named = rest === undefined ? await namesOf(field, names) : undefined;
  if (named) return named.map(({ name, spanCount }) => valueOption(quoted(name), spanCount));
  const isAttribute = attributeOf(field) !== undefined;
  if (!isAttribute && !namedFields.has(field)) return [];
  const prefix = comparison === '=~' || comparison === '!~' ? '' : unquoted(typed);
  const values = await names.values(field, prefix, rest);
  return [
    ...values.map(({ value, type, spanCount }) => valueOption(literalOf(type, value), spanCount)),
    ...(isAttribute && (comparison === '=' || comparison === '!=') ? [{ label: 'nil', detail: 'not there' }] : []),
  ];
}

/** What every span, or some, have of a few texts. */
const namedFields: ReadonlySet<string> = new Set([
  ...['name', 'span:name', 'rootName', 'rootServiceName', 'trace:rootName', 'trace:rootService'],
  ...['statusMessage', 'span:statusMessage', 'event:name', 'instrumentation:name', 'instrumentation:version'],
]);

function wordsOf(field: string): readonly string[] | undefined {
  if (field === 'status' || field === 'span:status') return statusValues;
  if (field === 'kind' || field === 'span:kind') return kindValues;
  if (/duration$/i.test(field) && !field.includes('.')) return ['10ms', '100ms', '500ms', '1s', '5s'];
  return undefined;
}

async function namesOf(
  field: string,
  names: KnownNames,
): Promise<readonly { name: string; spanCount: number }[] | undefined> {
  if (field === 'rootServiceName' || field === 'resource.service.name') return await names.services();
  if (field === 'name' || field === 'span:name' || field === 'rootName') return await names.spanNames();
  return undefined;
}

function valueOption(label: string, spanCount: number): Completion {
  return { label, detail: countText(spanCount), type: 'constant' };
}

function wordOption({ word, note }: TraceQlWord, goesOn: boolean): Completion {
  return { label: word, detail: note, type: 'keyword', ...(goesOn && { apply: applyAndGoOn }) };
}

/** A blank, and what may follow. A bracket or quote that was closed ahead of its time stays where it is. */
function applyAndGoOn(view: EditorView, { label }: Completion, from: number, to: number): void {
  const insert = `${label} `;
  view.dispatch({
    changes: { from, to, insert },
    selection: { anchor: from + insert.length },
    userEvent: 'input.complete',
  });
  startCompletion(view);
}
