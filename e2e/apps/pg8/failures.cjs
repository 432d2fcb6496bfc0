// Each way to fail.
const { once } = require('node:events');

exports.routes = ({ pg, Cursor }) => ({
  ...ofServer(pg),
  ...ofConnection(pg),
  ...ofTime(pg),
  ...(Cursor && { '/cursor-fails': () => using(pg, {}, (client) => client.query(new Cursor('SELECT nope')).read(1)) }),
});

function ofServer(pg) {
  return {
    '/fails': () => using(pg, {}, (client) => client.query('SELECT nope FROM users')),
    '/fails-callback': () =>
      using(
        pg,
        {},
        (client) =>
          new Promise((resolve) => {
            client.query('SELECT nope', [], (error) => {
              client.query('SELECT 11 AS eleven', (_error, { rows }) => resolve([error.code, rows]));
            });
          }),
      ),
    '/fails-event': () =>
      using(
        pg,
        {},
        (client) =>
          new Promise((resolve) => {
            const query = client.query(new pg.Query('SELECT nope'));
            query.on('error', async ({ code }) => resolve([code, (await client.query('SELECT 12 AS twelve')).rows]));
          }),
      ),
    '/callback-throws': () =>
      using(pg, {}, async (client) => {
        const thrown = once(process, 'uncaughtException');
        client.query('SELECT 18 AS eighteen', () => {
          throw new Error('from the callback');
        });
        const [{ message }] = await thrown;
        return [message, (await client.query('SELECT 19 AS nineteen')).rows];
      }),
    '/unserializable': () => {
      const value = {
        toPostgres() {
          throw new RangeError('cannot be sent');
        },
      };
      return using(pg, {}, (client) => client.query('SELECT $1', [value]));
    },
    '/not-an-array': () => using(pg, {}, (client) => client.query('SELECT $1', 'text')),
    '/no-query': () => using(pg, {}, (client) => client.query(null)),
  };
}

function ofConnection(pg) {
  return {
    '/refused': () => using(pg, { port: 1 }, () => {}),
    '/no-database': () => using(pg, { database: 'nowhere' }, () => {}),
    '/terminated': () => using(pg, {}, (client) => client.query('SELECT pg_terminate_backend(pg_backend_pid())')),
    '/socket-lost': () =>
      using(pg, {}, async (client) => {
        const running = client.query('SELECT pg_sleep(5)');
        const queued = client.query('SELECT 13 AS thirteen');
        client.connection.stream.destroy();
        return settled([running, queued]);
      }),
    '/ended': () =>
      using(pg, {}, async (client) => {
        const queries = [client.query('SELECT pg_sleep(5)'), client.query('SELECT 14 AS fourteen')];
        client.end().catch(() => {});
        return settled([...queries, client.query('SELECT 15 AS fifteen')]);
      }),
    '/pool-refused': async () => {
      const pool = new pg.Pool({ port: 1 });
      try {
        await pool.query('SELECT 16 AS sixteen');
      } finally {
        await pool.end();
      }
    },
  };
}

function ofTime(pg) {
  return {
    '/query-timeout': () => using(pg, { query_timeout: 50 }, (client) => client.query('SELECT pg_sleep(5)')),
    '/pool-timeout': async () => {
      const pool = new pg.Pool({ max: 1 });
      const client = await pool.connect();
      pool.options.connectionTimeoutMillis = 50;
      const outcome = await settled([pool.query('SELECT 17 AS seventeen')]);
      client.release();
      await pool.end();
      return outcome;
    },
  };
}

async function using(pg, options, work) {
  const client = new pg.Client(options);
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    if (client._ending === false && client._queryable) {
      client.end();
      await once(client, 'end');
    }
  }
}

async function settled(promises) {
  return (await Promise.allSettled(promises)).map(({ reason, value }) => reason?.message ?? value.rows);
}
