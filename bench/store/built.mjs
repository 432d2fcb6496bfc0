/** What is measured, as `npm run build` leaves it. */

export { search } from '../../packages/server/dist/query/search.js';
export { parseSearch } from '../../packages/server/dist/query/search-query.js';
export { findTrace } from '../../packages/server/dist/query/trace.js';
export { OtlpRows } from '../../packages/server/dist/store/otlp-rows.js';
export { openEmbeddedStore } from '../../packages/server/dist/store/store.js';
export { writeTraces } from '../../packages/wire/dist/index.js';
