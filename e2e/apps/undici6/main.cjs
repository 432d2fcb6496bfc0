require('../undici7/scenario.cjs').run({ fetch: require('undici').fetch, request: require('undici').request });
