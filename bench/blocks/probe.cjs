// Loaded before the agent: times each piece that the agent runs by itself, by wrapping what calls it. Nobody else
// in the program uses these. The time during which the system ran something else on the core is taken off.
const { openSync, readSync } = require('node:fs');
const { PerformanceObserver } = require('node:perf_hooks');
const net = require('node:net');
const zlib = require('node:zlib');

/** Linux tells how long this thread has waited for a core. Elsewhere the times are those on the wall. */
const schedule = process.platform === 'linux' ? openSync('/proc/thread-self/schedstat') : undefined;
const line = Buffer.alloc(100);

function waitedNs() {
  if (schedule === undefined) return 0;
  const length = readSync(schedule, line, 0, line.length, 0);
  return Number(line.latin1Slice(0, length).split(' ')[1]);
}

/** Both clocks of the same moment: of the wall, and one that stands still while the thread waits for a core. */
function now() {
  for (;;) {
    const waited = waitedNs();
    const wallMs = performance.now();
    if (waitedNs() === waited) return { wallMs, runningMs: wallMs - waited / 1e6 };
  }
}

/** By name: {count, totalMs, long: those of a tenth of a millisecond or more}. */
const pieces = {};
const longMs = 0.1;
/** What the program uses itself. */
const own = { setTimeout, setImmediate };

function piece(name, fn) {
  return function (...args) {
    return timed(name, () => fn.apply(this, args));
  };
}

function timed(name, fn) {
  const from = now();
  try {
    return fn();
  } finally {
    add(name, from, now());
  }
}

function add(name, from, to) {
  pieces[name] ??= { count: 0, totalMs: 0, long: [] };
  const known = pieces[name];
  const ms = to.runningMs - from.runningMs;
  known.count++;
  known.totalMs += ms;
  if (ms >= longMs) known.long.push({ ms, fromMs: from.wallMs, toMs: to.wallMs });
}

globalThis.setTimeout = (fn, ...args) => own.setTimeout(piece('timer', fn), ...args);
Buffer.concat = piece('of these: concat', Buffer.concat);
net.Socket.prototype.write = piece('of these: socket.write', net.Socket.prototype.write);
const { emit } = net.Socket.prototype;
net.Socket.prototype.emit = function (type, ...args) {
  return timed(`socket ${type}`, () => emit.call(this, type, ...args));
};
const { gzip } = zlib;
zlib.gzip = (bytes, done) => gzip(bytes, piece('gzip done', done));

/** {fromMs, toMs} of each pause for the garbage collector. */
const pauses = [];

function watchCollector() {
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      pauses.push({ fromMs: startTime, toMs: startTime + duration });
    }
  }).observe({ entryTypes: ['gc'] });
}

module.exports = { pieces, pauses, own, timed, watchCollector };
