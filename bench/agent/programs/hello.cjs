// node:http, hello world.
'use strict';
const { serve } = require('./measured.cjs');
const http = require('node:http');

serve(http.createServer((_request, response) => response.end('hello world')));
