// fastify 5: a hook and a route.
'use strict';
const { tellPort } = require('./measured.cjs');
const fastify = require('fastify')();

fastify.addHook('preHandler', async (request) => {
  request.userName = `user ${request.params.id}`;
});
fastify.get('/users/:id', async (request) => ({ id: request.params.id, name: request.userName }));
fastify.listen({ port: 0, host: '127.0.0.1' }).then(() => tellPort(fastify.server.address().port));
