// express 5 and pg's pool: three queries for each request, against the PostgreSQL of $DATABASE_URL.
'use strict';
const { serve } = require('./measured.cjs');
const http = require('node:http');
const express = require('express');
const { Pool } = require('pg');

const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const app = express();
app.get('/users/:id', async (request, response) => {
  const { id } = request.params;
  const user = await pool.query('SELECT id, name FROM users WHERE id = $1', [id]);
  const orders = await pool.query('SELECT id, total FROM orders WHERE user_id = $1 ORDER BY id LIMIT 3', [id]);
  const { rows } = await pool.query('SELECT count(*)::int AS n FROM orders WHERE user_id = $1', [id]);
  response.json({ user: user.rows[0], orders: orders.rows, count: rows[0].n });
});
serve(http.createServer(app));
