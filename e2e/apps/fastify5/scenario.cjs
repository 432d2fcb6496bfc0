// Serves one request of each kind of route, and stops. Fastify 4 and 5 alike.
exports.run = async ({ fastify, get }) => {
  const app = fastify();
  app.addHook('preHandler', async (request) => {
    if (request.query.hook) throw new Error('in a hook');
  });
  app.get('/users/:id', async (request) => ({ id: request.params.id }));
  app.register(
    async (scope) => {
      scope.get('/x/:y', (_request, reply) => reply.send('y'));
      scope.get('/rejects', async () => {
        throw new TypeError('rejected');
      });
    },
    { prefix: '/api' },
  );
  const schema = { querystring: { type: 'object', required: ['a'], properties: { a: { type: 'string' } } } };
  app.get('/valid', { schema }, async () => 'valid');

  await app.listen({ port: 0, host: '127.0.0.1' });
  const origin = `http://127.0.0.1:${app.server.address().port}`;
  for (const path of ['/users/1?q=2', '/api/x/2', '/api/rejects', '/users/1?hook=1', '/valid', '/nothing']) {
    await new Promise((resolve) => get(origin + path, (response) => response.resume().on('end', resolve)));
  }
  await app.close();
};
