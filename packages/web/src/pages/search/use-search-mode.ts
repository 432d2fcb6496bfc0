/** Form or query: each becomes the other, by the server's word on what they mean. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { traceQlQuery } from '../../api/traceql-queries.ts';
import { type SearchState, withForm, withoutConditions, withQuery } from '../../model/search-params.ts';
import { rememberQuery } from '../../state/query-history.ts';

export interface SearchMode {
  /** `no-form`: the form was asked for, and cannot hold the query. */
  mode: 'form' | 'query' | 'no-form';
  draft: string;
  setDraft: (text: string) => void;
  /** Makes the text the page's query. */
  run: (text: string) => void;
  toForm: () => Promise<void>;
  toQuery: () => Promise<void>;
  /** Drops the query that the form cannot hold. */
  emptyForm: () => void;
  /** The switch to the query was just made by hand: the person wants to type. */
  wantsFocus: boolean;
}

export function useSearchMode(state: SearchState, change: (next: SearchState) => void, rerun: () => void): SearchMode {
  const client = useQueryClient();
  const { q } = state;
  const [draft, setDraft] = useState(q ?? '');
  const [formless, setFormless] = useState(false);
  const [wantsFocus, setWantsFocus] = useState(false);
  useEffect(() => {
    setDraft(q ?? '');
    setFormless(false);
  }, [q]);

  const run = (text: string) => {
    const next = text.trim() || '{ }';
    rememberQuery(next);
    if (next === q) rerun();
    else change(withQuery(state, next));
  };
  const toQuery = async () => {
    setWantsFocus(true);
    if (formless) return setFormless(false);
    const { query } = await client.fetchQuery(traceQlQuery(state));
    change(withQuery(state, query));
  };
  // What is wrong with a draft is underlined already, and keeps it a query.
  const toForm = async () => {
    const meaning = await client.fetchQuery(traceQlQuery({ q: draft.trim() || '{ }' })).catch(() => undefined);
    if (meaning?.form) change(withForm(state, meaning.form));
    else if (meaning) setFormless(true);
  };
  return {
    mode: q === undefined ? 'form' : formless ? 'no-form' : 'query',
    draft,
    setDraft,
    run,
    toForm,
    toQuery,
    emptyForm: () => change(withoutConditions(state)),
    wantsFocus,
  };
}
