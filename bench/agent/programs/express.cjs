// express 5: a JSON body parser, a router, one route.
'use strict';
const { serve } = require('./measured.cjs');
const http = require('node:http');
const express = require('express');

const router = express.Router();
router.post('/users/:id', (request, response) => {
  response.json({ id: request.params.id, name: request.body.name });
});
const app = express();
app.use(express.json());
app.use('/api', router);
serve(http.createServer(app));
