/**
 * The engine's writing connections. Blocks go by way of a file, because chdb takes only text formats from memory; ClickHouse
 * reads a block of the Native format in a tenth of the time of text.
 */
import { assertIsThere, type BlockFile } from '../encode/block-files.ts';
import { askSession } from './ask-session.ts';
import { boundSql, literal } from './bound-sql.ts';
import { type BlockOptions, blockSettings, type Connection, type SqlValues } from './connection.ts';
import type { Engine } from './engine.ts';
import { parseRows } from './json-rows.ts';
import { type Layout, oneServer } from './layout.ts';

export class EmbeddedConnection implements Connection {
  readonly layout: Layout = oneServer;
  readonly #engine: Pick<Engine, 'writer' | 'secondWriter'>;

  constructor(engine: Pick<Engine, 'writer' | 'secondWriter'>) {
    this.#engine = engine;
  }

  async run(sql: string, values: SqlValues = {}): Promise<void> {
    await askSession(this.#engine.writer, boundSql(sql, values));
  }

  runOnAll(sql: string, values: SqlValues = {}): Promise<void> {
    return this.run(sql, values);
  }

  async rows<Row>(sql: string, values: SqlValues = {}): Promise<Row[]> {
    const result = await askSession(this.#engine.writer, boundSql(sql, values), 'JSONEachRow');
    return parseRows<Row>(result.text());
  }

  rowsOfShards<Row>(sql: string): Promise<Row[]> {
    return this.rows<Row>(sql);
  }

  async insertBlock(table: string, block: BlockFile, { isBehind }: BlockOptions): Promise<void> {
    await assertIsThere(block);
    const settings = Object.entries(blockSettings(block, isBehind)).map(([name, value]) => `${name} = ${value}`);
    // Not `SELECT … FROM file(…)`, which plans a query of as many columns: a third of what a small insert takes.
    // Spans have one connection for themselves: the next ones come while these are counted.
    const { writer, secondWriter } = this.#engine;
    await askSession(
      table === 'spans' ? writer : secondWriter,
      `INSERT INTO ${table} (${block.columns.join(', ')}) FROM INFILE ${literal(block.path)}
      SETTINGS ${settings.join(', ')} FORMAT Native`,
    );
  }
}
