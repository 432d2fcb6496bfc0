/** What every store keeps to, wherever its ClickHouse is. */
import { describe } from 'vitest';
import { insertTests } from './inserts.fixture.ts';
import { migrationTests } from './migrations.fixture.ts';
import { readTests } from './reads.fixture.ts';
import { retentionTests } from './retention.fixture.ts';
import { storeKinds } from './store-kinds.fixture.ts';

describe.each(storeKinds)('a store, $name,', (kind) => {
  describe('has what was inserted:', () => insertTests(kind));
  describe('answers:', () => readTests(kind));
  describe('lets go:', () => retentionTests(kind));
  describe('brings its schema up to date:', () => migrationTests(kind));
});
