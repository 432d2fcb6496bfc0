require('./http2-scenario.cjs').run(require('node:http2'));
