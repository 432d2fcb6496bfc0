require('./scenario.cjs').run({ fastify: require('fastify'), get: require('node:http').get });
