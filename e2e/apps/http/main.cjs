const http = require('node:http');

require('./scenario.cjs').run({ http, request: http.request, get: http.get });
