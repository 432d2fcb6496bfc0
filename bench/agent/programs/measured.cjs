// What every program of this bench does beside its work: listens on a free port, tells it, and
// answers what it has used so far. The accounts are the process's own, so that they hold all that
// an agent does in it, on whatever thread.
'use strict';

exports.serve = function serve(server) {
  // The load keeps its connections while other sides are measured.
  server.keepAliveTimeout = 600_000;
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
};

/** For a framework that makes its own server. */
exports.tellPort = function tellPort(port) {
  process.send({ port });
};

process.on('message', (ask) => {
  const { user, system } = process.cpuUsage();
  process.send({
    id: ask.id,
    cpuUs: user + system,
    rssBytes: process.memoryUsage.rss(),
    memory: process.memoryUsage(),
  });
});
process.on('disconnect', () => process.exit());
