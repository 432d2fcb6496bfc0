require('./upgrade-scenario.cjs').run(require('undici'));
