// Twenty awaited calls in a row for each request: promises, timers and an event emitter in turn.
'use strict';
const { serve } = require('./measured.cjs');
const { EventEmitter, once } = require('node:events');
const http = require('node:http');

serve(
  http.createServer(async (_request, response) => {
    let sum = 0;
    for (let i = 0; i < 20; i++) sum += await calls[i % calls.length](i);
    response.end(String(sum));
  }),
);

const calls = [
  async function viaPromise(i) {
    const half = await Promise.resolve(i / 2);
    return half * 2;
  },
  function viaImmediate(i) {
    return new Promise((resolve) => setImmediate(resolve, i));
  },
  async function viaEmitter(i) {
    const emitter = new EventEmitter();
    process.nextTick(() => emitter.emit('done', i));
    const [value] = await once(emitter, 'done');
    return value;
  },
  function viaTimer(i) {
    return new Promise((resolve) => setTimeout(resolve, 1, i));
  },
];
