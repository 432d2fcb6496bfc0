require('./scenario.cjs').run({ express: require('express'), get: require('node:http').get, promises: true });
