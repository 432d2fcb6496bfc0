// biome-ignore-all lint: written in ECMAScript 5, since a Node that is too old for the agent must still parse it
'use strict';

/*
 * dist/register.cjs: the preload, `node --require @sightline/agent/register app.js`. Starts the agent
 * once in each thread of a program that it is meant for, on a Node that it works on. Everywhere else the
 * program runs untraced: with one line said where a person would wonder why, without where not
 * (a package manager, tracing switched off, a second copy).
 */
(function register() {
  var versions = process.versions || {};
  var mark = 'sightline.agent';

  if (isDisabled() || isOwnOrPackageManager(process.argv[1] || '')) return;
  if (process[mark]) return;
  Object.defineProperty(process, mark, { value: true });

  var problem = findProblem();
  if (problem) {
    if (isMainThread()) console.error('sightline: ' + problem + ', running untraced');
    return;
  }
  require('./agent.cjs').start(__dirname);

  function isDisabled() {
    try {
      return String(process.env.OTEL_SDK_DISABLED).trim().toLowerCase() === 'true';
    } catch (error) {
      return false; /* Deno asks for a permission even to look */
    }
  }

  function findProblem() {
    if (versions.bun) return 'Bun ' + versions.bun + ' cannot be traced, only Node.js can';
    if (versions.deno) return 'Deno ' + versions.deno + ' cannot be traced, only Node.js can';
    var parts = String(versions.node).split('.');
    var isFit = Number(parts[0]) > 20 || (Number(parts[0]) === 20 && Number(parts[1]) >= 6);
    return isFit ? '' : 'Node.js ' + versions.node + ' is too old (20.6 is the oldest that can be traced)';
  }

  /* Sightline's own command, npm, npx, pnpm, yarn, corepack, by the script that Node runs; also where a link or a shim leads to it. */
  function isOwnOrPackageManager(script) {
    var path = script.split('\\').join('/');
    var name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
    if (/^(npm|npx|pnpm|pnpx|yarn|yarnpkg|corepack|sightline)$/.test(name)) return true;
    if (/^(npm-cli|npx-cli|npm-prefix)\.js$/.test(name)) return true;
    if (/^yarn-\d[^/]*\.[cm]?js$/.test(name)) return true;
    /* A program may have a yarn.js of its own: these names count inside the package of that name only. */
    return /\/(corepack|npm|pnpm|yarn|sightline|cli)\/(dist|bin|lib)\/(corepack|npm|npx|pnpm|pnpx|yarn|yarnpkg|sightline)\.[cm]?js$/.test(
      path,
    );
  }

  function isMainThread() {
    try {
      return require('worker_threads').isMainThread;
    } catch (error) {
      return true; /* a Node without worker threads */
    }
  }
})();
