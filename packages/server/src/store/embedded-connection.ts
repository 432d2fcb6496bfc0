/**
 * The engine's writing connection. Blocks go by way of a file, because chdb takes only text formats from memory; ClickHouse
 * reads a block of the Native format in a tenth of the time of text.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Session } from 'chdb';
import type { NativeBlock } from '../encode/native-block.ts';
import { boundSql } from './bound-sql.ts';
import { type Connection, oneBlock, type SqlValues } from './connection.ts';
import { parseRows } from './json-rows.ts';
import { type Layout, oneServer } from './layout.ts';

const settings = Object.entries(oneBlock).map(([name, value]) => `${name} = ${value}`);

export class EmbeddedConnection implements Connection {
  readonly layout: Layout = oneServer;
  readonly #session: Session;
  readonly #insertDirectory: string;

  /** @param insertDirectory for the blocks on their way */
  constructor(session: Session, insertDirectory: string) {
    this.#session = session;
    this.#insertDirectory = insertDirectory;
  }

  async run(sql: string, values: SqlValues = {}): Promise<void> {
    await this.#session.queryAsync(boundSql(sql, values));
  }

  runOnAll(sql: string, values: SqlValues = {}): Promise<void> {
    return this.run(sql, values);
  }

  async rows<Row>(sql: string, values: SqlValues = {}): Promise<Row[]> {
    const result = await this.#session.queryAsync(boundSql(sql, values), { format: 'JSONEachRow' });
    return parseRows<Row>(result.text());
  }

  rowsOfShards<Row>(sql: string): Promise<Row[]> {
    return this.rows<Row>(sql);
  }

  async insertBlock(table: string, block: NativeBlock): Promise<void> {
    const path = join(this.#insertDirectory, `${table}.native`);
    const columns = block.columns.join(', ');
    await writeFile(path, block.bytes);
    try {
      const sql = `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM file({path:String}, 'Native')`;
      await this.run(`${sql} SETTINGS ${settings.join(', ')}`, { path });
    } finally {
      await rm(path, { force: true });
    }
  }
}
