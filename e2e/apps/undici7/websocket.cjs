// Node's own undici, which an installed one would stand in for.
require('./upgrade-scenario.cjs').run({});
