/** What is measured, as `npm run build` leaves it. */

export { removeBatch, writeBatch } from '../../packages/server/dist/encode/block-files.js';
export { SpanEncoder } from '../../packages/server/dist/encode/span-encoder.js';
export { search } from '../../packages/server/dist/query/search.js';
export { parseSearch } from '../../packages/server/dist/query/search-query.js';
export { findTrace } from '../../packages/server/dist/query/trace.js';
export { Spool } from '../../packages/server/dist/spool/spool.js';
export { countSql } from '../../packages/server/dist/store/delete-spans.js';
export { openEmbeddedStore } from '../../packages/server/dist/store/store.js';
export { ProtobufReader, writeTraces } from '../../packages/wire/dist/index.js';
