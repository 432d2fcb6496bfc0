/** Form or query: each becomes the other, by the server's word on what they mean. */

import type { TraceqlResponse } from '@sightline/wire';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ApiError } from '../../api/client.ts';
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
  toForm: () => void;
  toQuery: () => void;
  /** Why the one could not be turned into the other: the server did not say. */
  failure: Error | undefined;
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
  const [failure, setFailure] = useState<Error>();
  useEffect(() => {
    setDraft(q ?? '');
    setFormless(false);
    setFailure(undefined);
  }, [q]);

  const run = (text: string) => {
    const next = text.trim() || '{ }';
    rememberQuery(next);
    if (next === q) rerun();
    else change(withQuery(state, next));
  };
  const turn = (question: SearchState, use: (meaning: TraceqlResponse) => void) => {
    setFailure(undefined);
    client.fetchQuery(traceQlQuery(question)).then(use, setFailure);
  };
  const toQuery = () => {
    setWantsFocus(true);
    if (formless) setFormless(false);
    else turn(state, ({ query }) => change(withQuery(state, query)));
  };
  const toForm = () =>
    turn({ q: draft.trim() || '{ }' }, ({ form }) => {
      if (form) change(withForm(state, form));
      else setFormless(true);
    });
  return {
    mode: q === undefined ? 'form' : formless ? 'no-form' : 'query',
    draft,
    setDraft,
    run,
    toForm,
    toQuery,
    failure: isRefusal(failure) ? undefined : failure,
    emptyForm: () => change(withoutConditions(state)),
    wantsFocus,
  };
}

/** What is wrong with a draft is underlined already, and keeps it a query. */
function isRefusal(failure: Error | undefined): boolean {
  return failure instanceof ApiError && failure.status === 400 && failure.field === 'q';
}
