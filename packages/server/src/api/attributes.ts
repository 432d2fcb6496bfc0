/** Keys and values of attributes, for completion; narrowed by what a search takes. */
import type { AttributeKeysResponse, AttributeValuesResponse, SearchParameters } from '@sightline/wire';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { findAttributeValues } from '../query/attribute-values.ts';
import { attributePlaces, findMatchedKeys } from '../query/attributes.ts';
import { InvalidParameter } from '../query/invalid-parameter.ts';
import { parseSearch } from '../query/search-query.ts';
import type { Field } from '../query/traceql/ast.ts';
import { readField } from '../query/traceql/read-field.ts';
import type { ReadableStore, Store } from '../store/store.ts';
import { completion, openRange } from './completion-query.ts';
import { QueryString } from './query-string.ts';
import { lookupFor, searchFor } from './reading.ts';
import { readSearch, searchFields } from './search.ts';

const parameters: readonly string[] = [...searchFields, 'prefix', 'scope', 'start', 'end', 'limit'];

export function registerAttributes(app: FastifyInstance, store: Store): void {
  app.get('/attributes', async (request): Promise<AttributeKeysResponse> => {
    const query = new QueryString(request.query, parameters);
    const asked = readSearch(query);
    const scope = query.oneOf('scope', attributePlaces);
    const places = attributePlaces.filter((place) => (scope ?? place) === place);
    const filter = { places, ...completion(query) };
    return findMatchedKeys(readingFor(request, store, asked), parseSearch(asked), filter, openRange(query));
  });

  app.get('/attributes/values', async (request): Promise<AttributeValuesResponse> => {
    const query = new QueryString(request.query, [...parameters, 'key', 'field']);
    const asked = readSearch(query);
    const filter = { field: fieldOf(query), ...completion(query) };
    return findAttributeValues(readingFor(request, store, asked), parseSearch(asked), filter);
  });
}

/** A query may be about whole traces, and take its time. */
function readingFor(request: FastifyRequest, store: Store, { q }: SearchParameters): ReadableStore {
  return q === undefined ? lookupFor(request, store) : searchFor(request, store);
}

function fieldOf(query: QueryString): Field {
  const [field, key] = [query.text('field'), query.text('key')];
  if (field !== undefined) return readField(field);
  if (key !== undefined)
    return { kind: 'attribute', scope: query.oneOf('scope', attributePlaces) ?? 'any', name: key, from: 0, to: 0 };
  throw new InvalidParameter(
    'missing-key',
    'key',
    'Whose values? Give the attribute: key=http.route, for example, or field=span.http.route.',
  );
}
