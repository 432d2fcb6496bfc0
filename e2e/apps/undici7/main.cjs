require('./scenario.cjs').run({ fetch: require('undici').fetch, request: require('undici').request });
