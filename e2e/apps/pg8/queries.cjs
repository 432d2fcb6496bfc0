// Each way to make a query that succeeds. What follows in a callback or a listener belongs to the same request.
exports.routes = (tool, { pg, Cursor, QueryStream }) => ({
  ...plain(tool, pg),
  ...pooled(pg),
  ...(Cursor && newest(pg, tool, Cursor, QueryStream)),
});

function plain(tool, pg) {
  return {
    '/promise': async () => (await tool.query('INSERT INTO users (name) VALUES ($1) RETURNING id', ['ada'])).rows,
    '/callback': () =>
      new Promise((resolve) => {
        const values = [1];
        const returned = tool.query('SELECT name FROM users WHERE id = $1', values, (error, { rows }) => {
          tool.query('SELECT 2 AS two', (_error, second) =>
            resolve([rows, second.rows, error, returned === undefined]),
          );
        });
      }),
    '/config': async () =>
      (await tool.query({ text: 'SELECT name FROM users WHERE id = $1', values: [1], rowMode: 'array' })).rows,
    '/prepared': async () => {
      const query = { name: 'by-id', text: 'SELECT id FROM users WHERE id = $1' };
      await tool.query(query, [1]);
      return (await tool.query(query, [2])).rows;
    },
    '/literal': async () => (await tool.query("UPDATE users SET name = 'secret' WHERE id = 1")).rowCount,
    '/several': async () => (await tool.query('SELECT 1; SELECT 2')).length,
    '/queued': async () =>
      (await Promise.all([tool.query('SELECT 1 AS a'), tool.query('SELECT 2 AS b')])).map(({ rows }) => rows),
    '/query-object': () =>
      new Promise((resolve) => {
        const rows = [];
        const query = new pg.Query('SELECT name FROM users');
        const returned = tool.query(query);
        query.on('row', (row) => rows.push(row, 'name' in row));
        query.on('end', async () => resolve([rows, returned === query, (await tool.query('SELECT 3 AS three')).rows]));
      }),
  };
}

function pooled(pg) {
  const pool = new pg.Pool({ max: 1 });
  return {
    '/pool-opens': async () => (await pool.query('SELECT 1 AS one')).rows,
    '/pool': async () => (await pool.query('SELECT id FROM users WHERE id = $1', [1])).rows,
    '/pool-callback': () =>
      new Promise((resolve) => {
        pool.query('SELECT 4 AS four', (_error, { rows }) => {
          pool.query('SELECT 5 AS five', [], (_second, next) => resolve([rows, next.rows]));
        });
      }),
    '/transaction': async () => {
      const client = await pool.connect();
      await client.query('BEGIN');
      const { rowCount } = await client.query('DELETE FROM users WHERE id = $1', [9]);
      await client.query('COMMIT');
      client.release();
      return rowCount;
    },
    '/pool-waits': async () => {
      const client = await pool.connect();
      const waiting = pool.query('SELECT 6 AS six');
      await client.query('SELECT 7 AS seven');
      client.release();
      return (await waiting).rows;
    },
    '/checkout': () =>
      new Promise((resolve, reject) => {
        pool.connect(async (error, client, release) => {
          if (error) return reject(error);
          const { rows } = await client.query('SELECT 8 AS eight');
          release();
          await pool.end();
          resolve(rows);
        });
      }),
  };
}

/** What is not in the oldest versions. */
function newest(pg, tool, Cursor, QueryStream) {
  return {
    ...cursors(tool, Cursor, QueryStream),
    '/pipeline': async () => {
      const client = new pg.Client({ pipeline: true });
      await client.connect();
      const queries = ['SELECT 20 AS twenty', 'SELECT nope', 'SELECT 21 AS twentyone'];
      const outcomes = await Promise.allSettled(queries.map((query) => client.query(query)));
      await client.end();
      return outcomes.map(({ value, reason }) => value?.rows ?? reason.code);
    },
    '/pool-hooks': async () => {
      const verify = (client, done) => client.query('SELECT 22 AS verified', done);
      const onConnect = (client) => client.query('SELECT 23 AS connected');
      const pool = new pg.Pool({ max: 1, verify, onConnect });
      const { rows } = await pool.query('SELECT 24 AS hooked');
      await pool.end();
      return rows;
    },
  };
}

function cursors(tool, Cursor, QueryStream) {
  const numbers = 'SELECT * FROM generate_series(1, $1) AS n';
  return {
    '/cursor': () =>
      new Promise((resolve) => {
        const cursor = tool.query(new Cursor(numbers, [5]));
        cursor.read(2, (_error, rows) => {
          tool.query('SELECT 9 AS nine');
          cursor.close(() => resolve(rows));
        });
      }),
    '/cursor-promise': async () => {
      const cursor = tool.query(new Cursor(numbers, [3]));
      const read = [await cursor.read(2), await cursor.read(2)];
      await cursor.close();
      return read;
    },
    '/stream': async () => {
      const rows = [];
      for await (const row of tool.query(new QueryStream(numbers, [3], { batchSize: 2 }))) rows.push(row);
      return rows;
    },
    '/stream-events': () =>
      new Promise((resolve) => {
        const rows = [];
        const stream = tool.query(new QueryStream(numbers, [3]));
        stream.on('data', (row) => rows.push(row));
        stream.on('end', () => tool.query('SELECT 10 AS ten', () => resolve(rows)));
      }),
  };
}
