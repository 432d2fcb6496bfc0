import type { SpanNameInfo } from '@sightline/wire';
import { useQueries } from '@tanstack/react-query';
import { spanNamesQuery } from '../../api/queries.ts';
import { mergeSpanNames, type NamedSpans } from '../../model/merge-span-names.ts';
import type { SearchState } from '../../model/search-params.ts';

/** The names that spans of these services have, most frequent first. One question per service, as the API has it. */
export function useSpanNames(services: readonly string[], state: SearchState): readonly NamedSpans[] {
  return useQueries({
    queries: services.map((service) => spanNamesQuery(service, state)),
    combine: (answers) =>
      mergeSpanNames(
        answers.map(({ data }, n): [string, readonly SpanNameInfo[]] => [services[n] ?? '', data?.spanNames ?? []]),
      ),
  });
}
