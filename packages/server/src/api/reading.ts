import type { FastifyRequest } from 'fastify';
import { type ReadableStore, type Store, withQueryOptions } from '../store/store.ts';

/** For what is answered quickly. Who hangs up is not waited for. */
export function lookupFor({ signal }: FastifyRequest, store: Store): ReadableStore {
  return withQueryOptions(store, { kind: 'lookup', signal });
}

/** For what may read much: it takes its turn with others of its kind, and ends when the asker hangs up. */
export function searchFor({ signal }: FastifyRequest, store: Store): ReadableStore {
  return withQueryOptions(store, { kind: 'search', signal });
}
