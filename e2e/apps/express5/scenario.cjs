// Serves one request of each kind of route, and stops. Express 4 knows no promises.
const { once } = require('node:events');

exports.run = async ({ express, get, promises }) => {
  const api = express.Router({ mergeParams: true });
  api.get('/users/:id', (request, response) => response.json({ id: request.params.id }));
  api.get(['/first', '/second/:x'], (_request, response) => response.end());
  api.param('slow', (_request, _response, next) => setImmediate(next));
  api.get('/param/:slow', (_request, response) => response.end());
  api.get('/next', (_request, _response, next) => next(new TypeError('given to next')));
  api.get('/', (_request, response) => response.end());

  const many = express.Router();
  many.get('/leaf', (_request, response) => response.end());

  const app = express();
  app.use((_request, _response, next) => next());
  app.use('/api/:tenant', api);
  app.use(['/m1', '/m2/:key'], many);
  app.use('/static', (_request, response) => response.end());
  app.get('/pass', (_request, _response, next) => next());
  app.get('/:any', (request, response, next) => (request.params.any === 'pass' ? response.end() : next()));
  app.get(/^\/regex(p)?$/, (_request, response) => response.end());
  app.get('/throws', () => {
    throw new RangeError('thrown');
  });
  app.get('/bad', () => {
    throw Object.assign(new Error('bad input'), { status: 422 });
  });
  // As `response.render` and `sendFile` do it.
  app.get('/later', (request) => setImmediate(() => request.next(new SyntaxError('given later'))));
  app.get('/text', (_request, _response, next) => next('a text'));
  if (promises) app.get('/rejects', async () => Promise.reject(new TypeError('rejected')));
  app.use((error, _request, response, _next) => {
    response.statusCode = error.status ?? 500;
    response.end();
  });

  const server = app.listen(0);
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${server.address().port}`;
  for (const path of [
    '/api/acme/users/1?q=2',
    '/api/acme/second/2',
    '/api/acme/param/3',
    '/api/acme',
    '/api/acme/next',
    '/m1/leaf',
    '/m2/7/leaf',
    '/static/logo.png',
    '/pass',
    '/regexp',
    '/throws',
    '/bad',
    '/later',
    '/text',
    '/rejects',
    '/nothing/here',
  ]) {
    await new Promise((resolve) => get(origin + path, (response) => response.resume().on('end', resolve)));
  }
  server.close();
};
