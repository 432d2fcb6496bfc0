// express 5 as an ES module: how long until it listens.
import http from 'node:http';
import express from 'express';
import measured from './measured.cjs';

const app = express();
app.get('/', (_request, response) => response.send('hello'));
measured.serve(http.createServer(app));
