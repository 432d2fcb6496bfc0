// The quick upstream: it reads its answers from SQLite, and is done before you know it.
import Fastify from 'fastify';
import Database from 'libsql';

const { PORT = '3001' } = process.env;

const db = new Database(':memory:');
db.exec(`
  CREATE TABLE sayings (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
  INSERT INTO sayings (text) VALUES
    ('Make haste slowly.'),
    ('The fastest request is the one that is not made.'),
    ('A watched pot never boils; an unwatched one boils over.'),
    ('There are two hard things: naming, caches, and off-by-one errors.');
`);

const app = Fastify();

app.get('/sayings', () => db.prepare('SELECT id, text FROM sayings ORDER BY id').all());

app.get('/sayings/:id', (request, reply) => {
  const saying = db.prepare('SELECT id, text FROM sayings WHERE id = ?').get(Number(request.params.id));
  if (!saying) return reply.code(404).send({ error: `no saying has the number ${request.params.id}` });
  return { id: saying.id, text: saying.text };
});

await app.listen({ port: Number(PORT), host: '127.0.0.1' });
console.log(`fast on http://127.0.0.1:${app.server.address().port}`);
