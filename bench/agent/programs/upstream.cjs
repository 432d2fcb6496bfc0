// What the proxy asks. Never traced.
'use strict';
const { serve } = require('./measured.cjs');
const http = require('node:http');

serve(http.createServer((_request, response) => response.end('upstream')));
